#!/usr/bin/env node
import { existsSync } from 'node:fs';

const built = new URL('../dist/cli.js', import.meta.url);
if (existsSync(built)) {
  await import(built.href).catch((error) => {
    // a learnt file is missing or wrong
    if (error.name !== 'KinoscopeError') throw error;
    process.stderr.write(`kinoscope: ${error.message}\n`);
    process.exitCode = error.exitStatus;
  });
} else {
  process.stderr.write('kinoscope: not built yet; run: npm run setup\n');
  process.exitCode = 1;
}
