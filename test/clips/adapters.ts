import { spawnSync } from 'node:child_process';

/** The ways of decoding that can be tested here; says loudly when the system's ffmpeg is not among them. */
export function frameAdapters(): ('node-av' | 'ffmpeg')[] {
  if (spawnSync('ffmpeg', ['-version']).status === 0) return ['node-av', 'ffmpeg'];
  process.stderr.write('\n!!! No ffmpeg on PATH: its frame source is NOT tested here !!!\n\n');
  return ['node-av'];
}
