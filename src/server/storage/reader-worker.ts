import { parentPort, workerData } from 'node:worker_threads';
import { CacheReader } from './cache-reader.ts';
import type { ReaderCalls } from './protocol.ts';
import { serveCalls } from './serve-calls.ts';

/** A thread that reads, so that a long query delays neither the API nor the writer. Opens at the first call. */
function main(port: NonNullable<typeof parentPort>, path: string): void {
  let reader: CacheReader | undefined;
  const open = (): CacheReader => (reader ??= new CacheReader(path));
  serveCalls<ReaderCalls>(
    port,
    {
      query: (query) => open().query(query),
      view: (key) => open().view(key),
      tallies: ({ clusterUid }) => open().tallies(clusterUid),
      tables: () => open().tables(),
      integrity: ({ isQuick }) => open().integrity(isQuick),
    },
    () => undefined,
  );
}

if (parentPort !== null) main(parentPort, String(workerData));
