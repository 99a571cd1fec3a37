import { availableParallelism } from 'node:os';

/** Jest runs the TypeScript sources as native ES modules (node --experimental-vm-modules). */
export default {
  globalSetup: '<rootDir>/test/global-setup.js',
  testEnvironment: '<rootDir>/test/environment.js',
  testSequencer: '<rootDir>/test/sequencer.js',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '<rootDir>/test/transform.js',
      {
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          target: 'es2022',
          keepClassNames: true,
        },
        module: { type: 'es6' },
      },
    ],
  },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  // A mutation run works on a copy of the project.
  modulePathIgnorePatterns: ['<rootDir>/.kinoscope/'],
  testTimeout: 60_000,
  // Jest would leave one core free. Many suites wait for leases, processes and browsers: two more than there are cores keep them busy.
  maxWorkers: availableParallelism() + 2,
};
