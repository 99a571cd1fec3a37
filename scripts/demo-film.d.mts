import type { openVideoWriter } from '../src/frames/writer.js';

export interface DemoFilm {
  readonly creditsStart: number;
  readonly creditsEnd: number;
  readonly cuts: readonly number[];
}

export function makeDemoFilm(
  file: string,
  open: typeof openVideoWriter,
  onProgress?: (fraction: number) => void,
  seconds?: { readonly shot?: number; readonly roll?: number; readonly lines?: number },
): Promise<DemoFilm>;

export function makeDemoGallery(folder: string): Promise<void>;
