import Sequencer from '@jest/test-sequencer';

/** Suites that take long, the longest first: whatever comes last keeps one worker waiting for the other. */
const LONG = [
  'browser/studio',
  'browser/pages',
  'real/credits-verdicts',
  'real/reports-time',
  'e2e/cli',
  'real/reports-credits-text',
  'browser/circle',
  'contract/credits-decisions',
  'browser/playback',
  'faults/download-kill',
  'contract/frames',
  'e2e/package',
  'e2e/annotated',
  'e2e/corrections',
  'real/genre',
  'faults/jobs-kill',
  'real/reports-picture',
  'e2e/seasons',
  'faults/jobs-database',
  'real/cast',
  'attack/lengths',
  'real/reports-credits',
  'contract/frames-clock',
  'e2e/client',
  'e2e/download-queue',
  'e2e/people',
  'e2e/rest',
  'e2e/cli-messages',
  'real/parts',
  'e2e/worker-elsewhere',
  'real/credits',
  'e2e/library',
  'e2e/access',
  'e2e/cli-operations',
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
