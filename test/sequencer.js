import Sequencer from '@jest/test-sequencer';

/** Suites that take long, the longest first: whatever comes last keeps one worker waiting for the other. */
const LONG = [
  'real/credits-verdicts',
  'faults/download-kill',
  'real/reports-credits-text',
  'browser/studio',
  'browser/pages',
  'contract/frames',
  'faults/jobs-kill',
  'real/reports-picture',
  'e2e/cli',
  'contract/credits-decisions',
  'real/reports-credits',
  'real/credits',
  'real/reports-time',
  'faults/jobs-database',
];

const rank = ({ path }) => {
  const at = LONG.findIndex((name) => path.endsWith(`/test/${name}.test.ts`));
  return at < 0 ? LONG.length : at;
};

export default class extends Sequencer {
  /** @param tests of all suites that run */
  sort(tests) {
    return super.sort(tests).toSorted((a, b) => rank(a) - rank(b));
  }
}
