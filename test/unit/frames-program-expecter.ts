import { expectJob } from '../../src/frames/program.js';

/** Expects a job that never comes, and has nothing else to do. */
expectJob();
