import type { Readable } from 'node:stream';
import { isDeepStrictEqual } from 'node:util';
import type { Request } from 'express';
import { z } from 'zod';
import { checked } from '../core/checked.js';
import { KinoscopeError } from '../core/errors.js';
import type { Fields, Uploads } from '../http/uploads.js';
import type { Title } from './documents.js';
import { TitleDescription, TitleName } from './schemas.js';
import type { FetchOptions } from './titles.service.js';

type Receive = (stream: Readable, fileName: string, options: FetchOptions) => Promise<Title>;

const Told = z.object({ name: TitleName.optional(), description: TitleDescription.optional() });
type Told = z.infer<typeof Told>;

/** An empty field of a form is none. @throws KinoscopeError `usage` */
const toldIn = ({ name, description }: Fields): Told =>
  checked(Told, { ...(name && { name }), ...(description && { description }) });

/**
 * Hands the film of a multipart request on as a stream; fields `name` and `description` name and describe the title, those that
 * come after the film by `describe`.
 * @throws KinoscopeError `usage` when the request carries no file or is malformed; `too-large`; whatever `receive` throws
 */
export async function receiveUpload(
  uploads: Uploads,
  request: Request,
  receive: Receive,
  describe: (title: Title, told: Told) => Promise<Title>,
): Promise<Title> {
  let title: Title | undefined;
  let before: Told = {};
  const fields = await uploads.read(request, { files: 1 }, async ({ name, stream }, known, signal) => {
    before = toldIn(known);
    const { name: said, description } = before;
    title = await receive(stream, name || 'upload', {
      signal,
      ...(said !== undefined && { name: said }),
      given: { description },
    });
  });
  if (!title) throw new KinoscopeError('usage', 'The upload carries no file');
  const all = toldIn(fields);
  return isDeepStrictEqual(all, before) ? title : describe(title, all);
}
