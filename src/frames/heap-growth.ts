import { setFlagsFromString } from 'node:v8';

/**
 * Pictures lie outside V8's heap, and those that live through two small collections count as growth of a heap that is small beside
 * them: V8 collected all of it with every 25 MB of pictures, a tenth of a cast's processor time. So the heap may grow to three times
 * what the last whole collection left; V8 itself chooses a factor between 1.2 and 4. No more memory is taken at most, as frames in
 * flight are few (`bench/presence.ts`, `bench/frames-memory.ts`).
 */
setFlagsFromString('--heap-growing-percent=200');
