import { Controller, Delete, Get, Head, HttpCode, Param, Patch, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { KinoscopeError } from '../core/errors.js';
import { instant } from '../openapi/fields.js';
import { Operation, Tag } from '../openapi/operation.js';
import { type UploadState, UnfinishedUploads } from './unfinished-uploads.js';

const UploadOutput = z
  .object({
    id: z.string(),
    fileName: z.string(),
    size: z.number().int().describe('Bytes of the whole file'),
    offset: z.number().int().describe('Bytes that are there'),
    expiresAt: instant.describe('When it goes unless more of it comes'),
  })
  .meta({ id: 'Upload' });
type UploadOutput = z.infer<typeof UploadOutput>;
const UploadList = z.object({ items: z.array(UploadOutput) }).meta({ id: 'UploadList' });
type UploadList = z.infer<typeof UploadList>;

const VERSION = '1.0.0';
const PART = 'application/offset+octet-stream';
/** As file systems have it. */
const NAME_BYTES = 255;

const HEADERS = 'Speaks tus 1.0.0 (https://tus.io) with the extensions creation, expiration and termination: ';

/**
 * Uploads that may be broken off and go on. The protocol is tus, so that its clients work; its server in npm answers requests by itself,
 * where here keys, tenants, rates, problem documents and the OpenAPI document are those of all routes.
 */
@Tag('titles')
@Controller('v1/uploads')
export class UploadsController {
  constructor(private readonly uploads: UnfinishedUploads) {}

  @Post()
  @Operation('createUpload', {
    summary: 'Begin an upload that may be broken off and go on',
    description:
      `${HEADERS}Upload-Length says how long the file is, Upload-Metadata its filename; Location is where it goes. ` +
      'Once it is whole, POST /v1/titles with its id makes a title of it.',
    answers: { 201: UploadOutput },
    problems: [409, 413],
  })
  async create(@Req() request: Request, @Res({ passthrough: true }) response: Response): Promise<UploadOutput> {
    speaksTus(request, response);
    const size = numberIn(request, 'upload-length');
    if (size === 0) throw new KinoscopeError('usage', 'An upload has at least a byte');
    const state = await this.uploads.create(nameIn(request.get('upload-metadata') ?? ''), size);
    response.setHeader('Location', `/v1/uploads/${state.id}`);
    tell(response, state);
    return { ...state };
  }

  @Get()
  @Operation('listUploads', { summary: 'Uploads that are no titles yet', answers: { 200: UploadList } })
  async list(): Promise<UploadList> {
    return { items: (await this.uploads.list()).map((state) => ({ ...state })) };
  }

  @Head(':id')
  @Operation('headUpload', {
    summary: 'How much of an upload is there (Upload-Offset)',
    answers: { 200: null },
    problems: [404],
  })
  async read(@Param('id') id: string, @Req() request: Request, @Res() response: Response): Promise<void> {
    speaksTus(request, response);
    const state = await this.uploads.read(id);
    tell(response, state);
    response.setHeader('Upload-Length', state.size);
    response.setHeader('Cache-Control', 'no-store');
    response.status(200).end();
  }

  @Patch(':id')
  @HttpCode(204)
  @Operation('appendUpload', {
    summary: 'Send more of an upload, from Upload-Offset on',
    description: `${HEADERS}the body is the bytes.`,
    body: { [PART]: z.file() },
    answers: { 204: null },
    problems: [404, 409],
  })
  async append(
    @Param('id') id: string,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<void> {
    speaksTus(request, response);
    if (!request.is(PART)) throw new KinoscopeError('usage', `A part of an upload is ${PART}`);
    await this.uploads.append(id, numberIn(request, 'upload-offset'), request);
    tell(response, await this.uploads.read(id));
  }

  @Delete(':id')
  @HttpCode(204)
  @Operation('deleteUpload', {
    summary: 'Delete an upload that is no title yet',
    answers: { 204: null },
    problems: [404],
  })
  async delete(@Param('id') id: string, @Res({ passthrough: true }) response: Response): Promise<void> {
    response.setHeader('Tus-Resumable', VERSION);
    await this.uploads.remove(id);
  }
}

function tell(response: Response, { offset, expiresAt }: UploadState): void {
  response.setHeader('Upload-Offset', offset);
  response.setHeader('Upload-Expires', new Date(expiresAt).toUTCString());
}

/** @throws KinoscopeError `usage` for another version of the protocol */
function speaksTus(request: Request, response: Response): void {
  response.setHeader('Tus-Resumable', VERSION);
  if (request.get('tus-resumable') !== VERSION)
    throw new KinoscopeError('usage', `The header Tus-Resumable has to be ${VERSION}`);
}

/** @throws KinoscopeError `usage` */
function numberIn(request: Request, header: string): number {
  const text = request.get(header) ?? '';
  const value = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
  if (Number.isSafeInteger(value)) return value;
  throw new KinoscopeError('usage', `The header ${header} has to be a number of bytes`);
}

/** The file's name in a list of `key base64`, separated by commas. @throws KinoscopeError `usage` */
function nameIn(metadata: string): string {
  const [, encoded = ''] = /(?:^|,)\s*filename ([\w+/=-]+)/.exec(metadata) ?? [];
  const name = Buffer.from(encoded, 'base64').toString('utf8');
  if (Buffer.byteLength(name) > NAME_BYTES)
    throw new KinoscopeError('usage', `A file's name has at most ${NAME_BYTES} bytes`);
  return name || 'upload';
}
