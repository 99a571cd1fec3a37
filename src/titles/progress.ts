/** How a piece of work is followed and broken off. */
export interface Progress {
  readonly signal?: AbortSignal | undefined;
  /** 0 to 1, and what is being done. */
  readonly onProgress?: ((fraction: number, stage: string) => void) | undefined;
}
