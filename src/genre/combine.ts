/** How far pictures and words count where both speak, and what is added, log-odds. */
export interface Product {
  readonly pictures: number;
  readonly words: number;
  readonly offset: number;
}

/**
 * The calibrated product of what two witnesses say: of the odds that pictures give each genre, and of what words add to the usual
 * odds. Where it holds that films of a genre look and read independently of each other, all factors are 1.
 * @param pictures log-odds [genres]
 * @param words log-odds that the words add [genres]
 * @returns log-odds [genres]
 */
export const combine = (pictures: Float32Array, words: Float32Array, product: Product): Float32Array =>
  pictures.map((value, g) => product.pictures * value + product.words * words[g]! + product.offset);
