/**
 * How StrykerJS breaks the rules; `npm run mutation -- FOLDER` says which. Not broken: words of errors (see `messages.mjs`), and
 * what runs once while a module loads (`ignoreStatic`): each would cost a process of its own, and tables have tests of their numbers.
 */
export default {
  testRunner: 'loaded-suites',
  plugins: ['./scripts/mutation/runner.mjs', './scripts/mutation/messages.mjs'],
  testRunnerNodeArgs: ['--import', 'tsx', '--max-old-space-size=1500', '--disable-warning=ExperimentalWarning'],
  ignorers: ['messages'],
  ignoreStatic: true,
  coverageAnalysis: 'perTest',
  incremental: true,
  concurrency: 1,
  // Endless loops are ended by a count; time alone tells little of a busy machine.
  timeoutMS: 20_000,
  dryRunTimeoutMinutes: 20,
  allowEmpty: true,
  tempDirName: '.kinoscope/mutation/sandbox',
  cleanTempDir: 'always',
  ignorePatterns: ['dist', 'docs', '.kinoscope', 'models/.cache', 'models/.training'],
  warnings: { unknownOptions: false },
  reporters: ['progress-append-only', 'clear-text'],
  clearTextReporter: { allowColor: false, allowEmojis: false, logTests: false, reportTests: false, skipFull: true },
};
