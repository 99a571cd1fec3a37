import Sequencer from '@jest/test-sequencer';

/** Suites that take long, the longest first: whatever comes last keeps one worker waiting for the other. */
const LONG = [
  'real/credits-verdicts',
  'contract/frames',
  'faults/jobs-kill',
  'real/credits-copies',
  'contract/credits-decisions',
  'e2e/cli',
  'real/reports-time',
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
