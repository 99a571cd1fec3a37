import js from '@eslint/js';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import importX from 'eslint-plugin-import-x';
import regexp from 'eslint-plugin-regexp';
import svelte from 'eslint-plugin-svelte';
import tseslint from 'typescript-eslint';

/** A library that only one folder may name, so that it can be replaced there and nowhere else. */
const owners = [
  { folder: 'frames', names: ['node-av', 'node-av/*'] },
  { folder: 'inference', names: ['onnxruntime-node'] },
  { folder: 'storage', names: ['libsql', 'libsql/*', 'mongodb'] },
  { folder: 'jobs', names: ['bullmq', '@nestjs/bullmq', 'ioredis'] },
  { folder: 'people', names: ['usearch'] },
];
const ANALYSES = ['genre', 'credits', 'faces', 'bodies', 'episodes', 'sound'];
const SINKS = ['titles', 'studio', 'exports', 'jobs', 'storage', 'download'];

const banned = (folder) => {
  const libraries = owners
    .filter((owner) => owner.folder !== folder)
    .map((owner) => ({ group: owner.names, message: `Only src/${owner.folder} may import this.` }));
  if (!ANALYSES.includes(folder)) return libraries;
  const others = [...ANALYSES.filter((analysis) => analysis !== folder), ...SINKS];
  return [
    ...libraries,
    {
      regex: `^(\\.\\./)+(${others.join('|')})/`,
      message: 'An analysis knows frames and inference, no other analysis and nothing downstream.',
    },
  ];
};
const folders = [
  'config',
  'download',
  'frames',
  'inference',
  ...ANALYSES,
  'cast',
  'people',
  'guide',
  'titles',
  'jobs',
  'storage',
  'exports',
  'studio',
  'webhooks',
  'commands',
];

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'models/', 'coverage/', '.kinoscope/', '**/*.ipynb', 'src/client/schema.ts'] },
  js.configs.recommended,
  ...tseslint.configs.strict,
  {
    files: ['**/*.{ts,mts,js,mjs}'],
    plugins: { 'import-x': importX },
    settings: { 'import-x/resolver-next': [createTypeScriptImportResolver({ noWarnOnMultipleProjects: true })] },
    languageOptions: { globals: { process: 'readonly', console: 'readonly', Buffer: 'readonly', URL: 'readonly' } },
    rules: {
      'import-x/no-cycle': 'error',
      'import-x/no-duplicates': ['error', { 'prefer-inline': true }],
      'import-x/order': [
        'error',
        { groups: ['builtin', 'external', ['parent', 'sibling']], alphabetize: { order: 'asc' } },
      ],
      'no-console': 'error',
      'no-undef': 'off',
      'max-len': ['error', { code: 160, ignoreUrls: true, ignoreStrings: true, ignoreTemplateLiterals: true }],
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/unified-signatures': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
    },
  },
  {
    files: ['src/**/*.{ts,svelte}', 'notebooks-ts/**/*.ts', 'scripts/**/*.mjs'],
    ignores: ['src/client/schema.ts'],
    rules: { 'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }] },
  },
  {
    // What is stored and what jobs carry is typed by its kind and its name, and told by schemas.
    files: ['src/**/*.{ts,svelte}'],
    rules: {
      'no-restricted-syntax': [
        'error',
        { selector: 'TSAsExpression > TSAsExpression', message: 'A cast by way of unknown hides what the value is.' },
        {
          selector: "TSAsExpression > MemberExpression[object.name='job'][property.name='data']",
          message: 'A job is read by its kind (jobs/job-kind.ts).',
        },
      ],
    },
  },
  {
    // Names, links and headers are strangers' text: no expression may take more than linear time on them.
    files: ['src/**/*.ts'],
    plugins: { regexp },
    rules: {
      'regexp/no-super-linear-backtracking': ['error', { report: 'potential' }],
      'regexp/no-super-linear-move': ['error', { report: 'potential' }],
    },
  },
  ...svelte.configs.recommended,
  {
    files: ['src/studio/**/*.svelte', 'src/studio/**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: tseslint.parser } },
    rules: {
      'no-undef': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      // the studio has a router of its own, for which links are plain
      'svelte/no-navigation-without-resolve': 'off',
      // what is only asked and never shown needs no signal
      'svelte/prefer-svelte-reactivity': 'off',
    },
  },
  { files: ['bench/**', 'notebooks-ts/**', 'scripts/**', 'test/**'], rules: { 'no-console': 'off' } },
  ...folders.map((folder) => ({
    files: [`src/${folder}/**/*.ts`],
    rules: { 'no-restricted-imports': ['error', { patterns: banned(folder) }] },
  })),
);
