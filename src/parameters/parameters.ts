import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The files of data/ that each kind of answer rests on: tables that benches have learnt, and programs that reckon with them. Nothing
 * else reads data/, so no table can decide anything without being part of a version. Networks and models are in models/manifest.json.
 */
const FILES = {
  genre: ['evidence.wasm', 'resample.wasm'],
  credits: [
    'chapter-names.json',
    'credits-frame-classifier.json',
    'credits-segmenter.json',
    'credits-words.json',
    'resample.wasm',
  ],
  still: ['credits-still.json', 'resample.wasm'],
  faces: ['face-verifier.json'],
  shots: [],
  names: ['face-calibration.json', 'dots.wasm'],
  words: ['genre-words.bin'],
} as const;

export type Answer = keyof typeof FILES;
export type LearntFile = (typeof FILES)[Answer][number];

const DATA = fileURLToPath(new URL('../../data/', import.meta.url));

/** Read once: a version is that of what decides in this process, also when the file has changed since. */
const contents = new Map<string, Buffer>();

/** The content of a file of data/. */
export function readParameters(file: LearntFile, folder = DATA): Buffer {
  const path = join(folder, file);
  const content = contents.get(path) ?? readFileSync(path);
  contents.set(path, content);
  return content;
}

/** A JSON table of data/. */
export function readTable(file: LearntFile & `${string}.json`): unknown {
  return JSON.parse(readParameters(file).toString());
}

/** Of the content of everything in data/ that a kind of answer rests on: part of its version, so that answers of other tables are not kept. */
export function parametersVersion(answer: Answer, folder = DATA): string {
  const hash = createHash('sha256');
  for (const file of FILES[answer]) hash.update(createHash('sha256').update(readParameters(file, folder)).digest());
  return hash.digest('hex').slice(0, 12);
}
