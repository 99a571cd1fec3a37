import swc from '@swc/jest';

/**
 * Names that inner loops use and no test replaces. Jest gives tests a realm of their own (node:vm), where V8 asks the realm's
 * owner for a global at every use: a loop over a picture that calls `Math.floor` then takes many times as long as
 * in the service. As a constant of the module it costs nothing.
 */
const GLOBALS = ['Array', 'Infinity', 'Map', 'Math', 'NaN', 'Number', 'Object', 'Set', 'String'].concat([
  'Buffer',
  'Float32Array',
  'Float64Array',
  'Int32Array',
  'Uint8Array',
  'Uint16Array',
  'Uint32Array',
]);

/** The module with the globals that it names as constants of its own, on its first line: line numbers stay. */
function withOwnGlobals(result) {
  const used = GLOBALS.filter((name) => new RegExp(`\\b${name}\\b`).test(result.code));
  return used.length === 0 ? result : { ...result, code: `const {${used.join()}} = globalThis;${result.code}` };
}

/** TypeScript to JavaScript, as @swc/jest does it. */
export default {
  createTransformer(options) {
    const transformer = swc.createTransformer(options);
    return {
      ...transformer,
      process: (...given) => withOwnGlobals(transformer.process(...given)),
      processAsync: async (...given) => withOwnGlobals(await transformer.processAsync(...given)),
      getCacheKey: (...given) => [transformer.getCacheKey(...given), ...GLOBALS].join('-'),
    };
  },
};
