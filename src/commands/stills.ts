import { asKinoscopeError } from '../errors.js';

/** A picture that could not be answered for: the others are, all the same. */
export interface StillFailure {
  readonly file: string;
  readonly error: string;
}

/** Answers for each picture in turn; one that cannot be read is reported in its place. */
export async function forEachStill<T>(files: readonly string[], answer: (file: string) => Promise<T>): Promise<(T | StillFailure)[]> {
  const answers: (T | StillFailure)[] = [];
  for (const file of files) {
    try {
      answers.push(await answer(file));
    } catch (thrown) {
      const error = asKinoscopeError(thrown);
      if (error.code !== 'unreadable' && error.code !== 'not-found') throw thrown;
      answers.push({ file, error: error.message });
    }
  }
  return answers;
}
