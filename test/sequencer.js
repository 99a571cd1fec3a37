import Sequencer from '@jest/test-sequencer';

/** Suites that take long, the longest first: whatever comes last keeps one worker waiting for the other. */
const LONG = [
  'real/credits-verdicts',
  'browser/studio',
  'faults/download-kill',
  'contract/frames',
  'browser/playback',
  'e2e/cli',
  'real/cast',
  'e2e/cli-messages',
  'real/reports-picture',
  'attack/lengths',
  'real/reports-credits-text',
  'real/reports-credits',
  'real/reports-time',
  'contract/credits-decisions',
  'e2e/library',
  'real/credits',
  'e2e/download-queue',
  'contract/frames-clock',
  'e2e/package',
  'e2e/annotated',
  'e2e/corrections',
  'browser/pages',
  'faults/jobs-kill',
  'faults/jobs-database',
  'e2e/access',
  'real/genre',
  'e2e/cli-operations',
  'real/parts',
  'e2e/people',
  'attack/requests',
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
