import { asKinoscopeError, KinoscopeError } from '../core/errors.js';
import { printableLines } from '../core/terminal.js';
import { creditProbability } from '../credits/stills.js';
import { readPicture } from '../frames/picture.js';
import { classifyStill } from '../genre/analyzer.js';
import { MODELS, type Models } from '../inference/types.js';
import { genreText } from './answers.js';
import type { Answer, Session } from './session.js';

/** A picture that could not be answered for: the others are, all the same. */
export interface StillFailure {
  readonly file: string;
  readonly error: string;
}

/**
 * Answers for each picture in turn; one that cannot be read is reported in its place.
 * @throws KinoscopeError `unreadable`, `not-found` when that is so of all
 */
export async function forEachStill<T>(
  session: Session,
  files: readonly string[],
  answer: (file: string) => Promise<T>,
): Promise<(T | StillFailure)[]> {
  const answers: (T | StillFailure)[] = [];
  const failures: KinoscopeError[] = [];
  for (const [index, file] of files.entries()) {
    session.signal.throwIfAborted();
    session.progress(index / files.length, 'looking');
    try {
      answers.push(await answer(file));
    } catch (thrown) {
      const error = asKinoscopeError(thrown);
      if (error.code !== 'unreadable' && error.code !== 'not-found') throw thrown;
      answers.push({ file, error: error.message });
      failures.push(error);
    }
  }
  const [first, ...others] = failures;
  if (!first || failures.length < files.length) return answers;
  throw others.length === 0
    ? first
    : new KinoscopeError(first.code, failures.map(({ message }) => message).join('; '), { cause: first });
}

/** genre --still and credits --still: an answer for each picture. */
export async function stillsAnswer(
  session: Session,
  kind: 'genre' | 'credits',
  files: readonly string[],
): Promise<Answer> {
  const models = (await session.app()).get<Models>(MODELS);
  const value = await forEachStill(session, files, async (file) => {
    const picture = await readPicture(file);
    if (kind === 'genre') return { file, ...(await classifyStill(models, picture)) };
    const [probability = 0] = await creditProbability(models, [picture]);
    return { file, creditProbability: probability };
  });
  const line = (entry: (typeof value)[number]): string => {
    if ('error' in entry) return `${entry.file}: ${entry.error}`;
    if ('creditProbability' in entry) return `${entry.file}: ${Math.round(entry.creditProbability * 100)} % credits`;
    return `${entry.file}: ${genreText(entry)}`;
  };
  return { value, text: () => printableLines(value.map(line)) };
}
