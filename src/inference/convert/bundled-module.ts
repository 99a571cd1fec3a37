import { runInNewContext } from 'node:vm';

/**
 * What a CommonJS bundle of data (nsfwjs ships its weights as such) exports, as plain JSON. The code runs in a context
 * without any of Node's functions; the package that it comes from was checked against its sha512 before.
 */
export function readBundledModule(code: string): unknown {
  const script = `const module = { exports: {} }, exports = module.exports;\n${code}\n;JSON.stringify(module.exports)`;
  return JSON.parse(String(runInNewContext(script, {}, { timeout: 10_000 })));
}
