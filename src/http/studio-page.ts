import { existsSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type RequestHandler, static as serveFiles } from 'express';

/** Where set-up has built the studio: the same place for the service as it is built and as its tests run it. */
const FOLDER = fileURLToPath(new URL('../../dist/studio/', import.meta.url));

const FILES: ReadonlySet<string> = new Set(
  existsSync(FOLDER)
    ? readdirSync(FOLDER, { withFileTypes: true, recursive: true })
        .filter((entry) => entry.isFile())
        .map(({ name, parentPath }) => `/${relative(FOLDER, join(parentPath, name))}`)
    : [],
);

/** The studio's own addresses: one page, which shows each of them. */
const PAGE = /^\/(?:titles\/[\w-]{1,100}|people(?:\/[\w-]{1,100})?|find|jobs|settings)?$/;

export const isStudioPath = (path: string): boolean => FILES.size > 0 && (PAGE.test(path) || FILES.has(path));

/** The studio's files, and nothing else: an answer of the API shall not wait for the disk to say that it is no file. */
export function studioPage(): RequestHandler {
  const files = serveFiles(FOLDER, {
    index: false,
    setHeaders: (response, path) => {
      // files in assets/ are named after their content
      const lasting = path.includes(join('studio', 'assets'));
      response.setHeader('Cache-Control', lasting ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
  return (request, response, next) => {
    if (!isStudioPath(request.path) || !['GET', 'HEAD'].includes(request.method)) return next();
    if (!PAGE.test(request.path)) return files(request, response, next);
    return response.sendFile('index.html', {
      root: FOLDER,
      cacheControl: false,
      headers: { 'Cache-Control': 'no-cache' },
    });
  };
}
