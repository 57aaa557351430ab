import { parentPort, workerData } from 'node:worker_threads';
import type { WriterCalls } from './protocol.ts';
import { serveCalls } from './serve-calls.ts';
import { WriterHost } from './writer-host.ts';

/** The thread that parses and writes: neither may delay an answer of the API. */
function main(port: NonNullable<typeof parentPort>, path: string): void {
  const host = new WriterHost(path);
  serveCalls<WriterCalls>(
    port,
    {
      open: ({ nowMs }) => host.open(nowMs),
      accept: ({ batch, nowMs }) => ({ report: host.accept(batch, nowMs), status: host.status() }),
      correct: ({ corrections, nowMs }) => ({
        changed: host.correct(corrections, nowMs),
        status: host.status(),
      }),
      clear: ({ clusterUid, nowMs }) => ({ removed: host.clear(clusterUid, nowMs), status: host.status() }),
      probe: ({ nowMs }) => host.probe(nowMs),
      condemn: ({ kind, nowMs }) => host.condemn(kind, nowMs),
      copies: () => host.copies(),
      reset: ({ nowMs }) => host.reset(nowMs),
      restore: ({ copyId, nowMs }) => host.restore(copyId, nowMs),
      close: () => {
        host.close();
        return undefined;
      },
    },
    () => host.status(),
  );
}

if (parentPort !== null) main(parentPort, String(workerData));
