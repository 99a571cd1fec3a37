import type { MediaMetadata } from './media-source.js';

export async function describeLocalFile(_file: string): Promise<MediaMetadata> {
  return {};
}
