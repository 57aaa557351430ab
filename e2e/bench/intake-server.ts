/**
 * Takes the messages of one NATS subject in, as the product does or by a bare loop, and answers status requests
 * meanwhile. Arguments: how, folder, address of NATS. Prints one line of JSON when it is ready and one for each line it
 * is sent: `memory`, `versions` (what is stored of each object), `end`.
 */
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from '@nats-io/transport-node';
import { z } from 'zod';
import { readConfig } from '../../src/server/config/config.ts';
import { assembleServer } from '../../src/server/server.ts';
import { SqliteStore } from '../../src/server/storage/sqlite-store.ts';
import { DataIntake } from '../../src/services/data/intake.ts';
import { CLUSTER, DATA_SUBJECT, PROGRESS_SUBJECT } from './intake-messages.ts';

const BATCH = 1000;
const PROGRESS_EVERY_MS = 20;
const GC_ROUNDS = 4;
const GC_PAUSE_MS = 500;

interface Taker {
  take(body: Uint8Array): void;
  /** Messages that are done with, and those of them that were lost. */
  progress(): { done: number; lost: number };
  versions(): Promise<Record<string, string>>;
}

/** The product's own path: bounded queue, worker thread, parser, tables, search index. */
async function createProductTaker(folder: string): Promise<Taker> {
  const store = await SqliteStore.open(join(folder, 'cache.db'));
  const silent = () => undefined;
  const log = { debug: silent, info: silent, warn: silent, error: silent };
  const intake = new DataIntake({ store, clock: { now: Date.now }, log });
  return {
    take: (body) =>
      intake.accept({
        connectionId: 'bench',
        clusterUid: CLUSTER,
        subject: DATA_SUBJECT,
        body,
        receivedAtMs: Date.now(),
      }),
    progress() {
      const { stored, deleted, unchanged, ignored, rejected, dropped } = intake.totals().counters;
      return { done: stored + deleted + unchanged + ignored + rejected + dropped, lost: rejected + dropped };
    },
    async versions() {
      const versions: Record<string, string> = {};
      let cursor: string | undefined;
      do {
        const page = await store.query({ clusterUid: CLUSTER, limit: 1000, cursor });
        for (const row of page.rows) versions[row.name] = row.resourceVersion;
        cursor = page.nextCursor;
      } while (cursor !== undefined);
      return versions;
    },
  };
}

const BareMessage = z.object({
  Object: z.object({ kind: z.string(), metadata: z.object({ namespace: z.string(), name: z.string() }) }),
});

/** The limit: nothing but `JSON.parse` and an upsert of the text, a thousand in one transaction. */
function createBareTaker(folder: string): Taker {
  const database = new DatabaseSync(join(folder, 'bare.db'));
  database.exec('PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
  database.exec(
    'CREATE TABLE object (kind TEXT, namespace TEXT, name TEXT, body TEXT, PRIMARY KEY (kind, namespace, name))',
  );
  const upsert = database.prepare(
    'INSERT INTO object VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET body = excluded.body',
  );
  const decoder = new TextDecoder();
  let waiting: [string, string, string, string][] = [];
  let done = 0;
  const flush = (): void => {
    database.exec('BEGIN');
    for (const row of waiting) upsert.run(...row);
    database.exec('COMMIT');
    done += waiting.length;
    waiting = [];
  };
  return {
    take(body) {
      const text = decoder.decode(body);
      const { Object: object }: z.infer<typeof BareMessage> = JSON.parse(text);
      waiting.push([object.kind, object.metadata.namespace, object.metadata.name, text]);
      if (waiting.length >= BATCH) flush();
    },
    progress: () => ({ done, lost: 0 }),
    versions: () => Promise.resolve({}),
  };
}

const [how = '', folder = '', natsAddress = ''] = process.argv.slice(2);
const config = readConfig(['--data-dir', folder, '--sandbox', '--port', '1'], process.env);
if (config === 'help') throw new Error('no help was asked for');
const server = await assembleServer(config, process.env, () => undefined);
const address = await server.app.listen({ host: '127.0.0.1', port: 0 });

const taker = how === 'bare' ? createBareTaker(folder) : await createProductTaker(folder);
const nats = await connect({ servers: natsAddress });
nats.subscribe(DATA_SUBJECT, {
  callback: (error, message) => {
    if (error === null) taker.take(message.data);
  },
});
await nats.flush();
let told = -1;
const telling = setInterval(() => {
  const progress = taker.progress();
  if (progress.done === told) return;
  told = progress.done;
  nats.publish(PROGRESS_SUBJECT, JSON.stringify(progress));
}, PROGRESS_EVERY_MS);

console.log(JSON.stringify({ address }));
for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'end') break;
  if (line === 'versions') {
    console.log(JSON.stringify(await taker.versions()));
    continue;
  }
  // The other thread gives memory back in its own time.
  for (let round = 0; round < GC_ROUNDS; round += 1) {
    globalThis.gc?.();
    await sleep(GC_PAUSE_MS);
  }
  console.log(JSON.stringify(process.memoryUsage()));
}
clearInterval(telling);
await nats.close();
process.exit(0);
