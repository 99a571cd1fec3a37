/**
 * Which folder may import which, types included. A folder of src/ is one room: between rooms the imports go one way.
 * @type {import('dependency-cruiser').IConfiguration}
 */
export default {
  forbidden: [
    {
      name: 'no-cycle-of-folders',
      comment: 'Data flows one way: source, download, frames, analyses, titles, then REST, exports and the studio.',
      severity: 'error',
      scope: 'folder',
      from: {},
      to: { circular: true },
    },
    { name: 'no-cycle-of-files', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'core-knows-nobody',
      comment: 'Everything may import core.',
      severity: 'error',
      from: { path: '^src/core/' },
      to: { path: '^src/', pathNot: '^src/core/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    includeOnly: '^(src|bench|notebooks-ts)/',
    exclude: { path: '^src/studio/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.js'] },
  },
};
