/** How far pictures and words count where both speak, learnt on films that have both. */
export interface Product {
  readonly pictures: number;
  readonly words: number;
  /** Added, log-odds. */
  readonly offset: number;
  /** Log-odds that no answer exceeds: where both witnesses err, they err together. */
  readonly most: number;
}

/**
 * The calibrated product of what two witnesses say: of the odds that pictures give each genre, and of what words add to the usual
 * odds. If films of a genre looked and read independently of each other, the factors would be 1 and nothing bounded.
 * @param pictures log-odds [genres]
 * @param words log-odds that the words add [genres]
 * @returns log-odds [genres]
 */
export const combine = (pictures: Float32Array, words: Float32Array, product: Product): Float32Array =>
  pictures.map((value, g) => {
    const sum = product.pictures * value + product.words * words[g]! + product.offset;
    return sum <= 0 ? sum : product.most * Math.tanh(sum / product.most);
  });
