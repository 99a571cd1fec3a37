import type { Response } from 'express';
import { KinoscopeError } from '../errors.js';

/** Answers with a film, or the byte range of it that was asked for. @throws KinoscopeError `not-found`, `unreadable` */
export async function sendFilm(file: string, response: Response): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    response.sendFile(file, { dotfiles: 'allow', acceptRanges: true }, (error?: Error & { status?: number }) => {
      if (!error || response.headersSent) resolve();
      else reject(new KinoscopeError(error.status === 404 ? 'not-found' : 'unreadable', 'The film cannot be read', { cause: error }));
    });
  });
}
