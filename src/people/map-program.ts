import { parentPort, workerData } from 'node:worker_threads';
import { layOut } from './map-layout.js';
import type { MapMessage, MapWork } from './map-thread.js';

/** The program of the thread that lays a map out. */

const REPORT_MS = 500;

const port = parentPort!;
const { personIds, embeddings } = workerData as MapWork;
const columns = personIds.length === 0 ? 0 : embeddings.length / personIds.length;
let reported = 0;
const places = layOut(
  personIds.map((personId, i) => ({ personId, embedding: embeddings.subarray(i * columns, (i + 1) * columns) })),
  (done) => {
    if (performance.now() - reported < REPORT_MS) return;
    reported = performance.now();
    port.postMessage({ done } satisfies MapMessage);
  },
);
port.postMessage({ places } satisfies MapMessage);
