import { join } from 'node:path';
import { assemble } from '../scripts/assemble.mjs';
import { isBuilt, ROOT } from '../scripts/setup.mjs';

/** Decoders and threads of networks start from the built service where that is as new as the sources, else from these. */
export default async function () {
  await assemble();
  if (isBuilt()) process.env.KINOSCOPE_TESTED_BUILD = join(ROOT, 'dist');
  else delete process.env.KINOSCOPE_TESTED_BUILD;
}
