import type { Readable } from 'node:stream';
import type { Request } from 'express';
import { KinoscopeError } from '../core/errors.js';
import { MOST_DESCRIPTION } from '../download/media-source.js';
import type { Uploads } from '../http/uploads.js';
import type { Title } from './documents.js';
import { TitleDescription, TitleName } from './schemas.js';
import type { FetchOptions } from './titles.service.js';

type Receive = (stream: Readable, fileName: string, options: FetchOptions) => Promise<Title>;

/**
 * Hands the film of a multipart request on as a stream; fields `name` and `description` before it name
 * and describe the title.
 * @throws KinoscopeError `usage` when the request carries no file or is malformed; `too-large`; whatever `receive` throws
 */
export async function receiveUpload(uploads: Uploads, request: Request, receive: Receive): Promise<Title> {
  let title: Title | undefined;
  await uploads.read(request, { files: 1 }, async ({ name, stream }, fields, signal) => {
    const named = fields['name'] ? { name: TitleName.safeParse(fields['name']) } : {};
    if (named.name?.success === false) throw new KinoscopeError('usage', 'A name has 1 to 300 characters');
    const described = TitleDescription.optional().safeParse(fields['description'] || undefined);
    if (!described.success)
      throw new KinoscopeError('usage', `A description has at most ${MOST_DESCRIPTION} characters`);
    title = await receive(stream, name || 'upload', {
      signal,
      ...(named.name && { name: named.name.data }),
      given: { description: described.data },
    });
  });
  if (!title) throw new KinoscopeError('usage', 'The upload carries no file');
  return title;
}
