import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Store } from '../../src/storage/collection.js';
import { openMongoStore } from '../../src/storage/mongo-store.js';
import { openSqliteStore } from '../../src/storage/sqlite-store.js';

/** Where training data lies. */
export const DATA = process.env['KINOSCOPE_DATA'] ?? '../shared/data';

/** Where extracted features are kept between runs: MongoDB where MONGODB_URI names one, else a file outside git. */
export async function openFeatureStore(
  file = process.env['GENRE_FEATURES'] ?? 'models/.training/genre-features.sqlite',
): Promise<Store> {
  const uri = process.env['MONGODB_URI'];
  if (uri) return openMongoStore(uri);
  mkdirSync(dirname(file), { recursive: true });
  return openSqliteStore(file);
}
