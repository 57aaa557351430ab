import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import { type NatsServer, startNats } from '../cluster/harness/nats.ts';
import { type Bench, type Figure, percentile } from './figure.ts';

const SERVER = fileURLToPath(new URL('./intake-server.ts', import.meta.url));
const PUBLISHER = fileURLToPath(new URL('./intake-publisher.ts', import.meta.url));
/** For the rates; a bare loop needs no more to show its own. */
const FIRST_MESSAGES = 30_000;
const CHANGE_MESSAGES = 100_000;
const CHANGED_OBJECTS = 1000;
/** BENCH_MESSAGES=10000000 measures as long as the design asks; the default ends within a minute or two. */
const LONG_MESSAGES = Number(process.env['BENCH_MESSAGES'] ?? 1_000_000);
const LONG_OBJECTS = 10_000;
const STATUS_EVERY_MS = 15;

const Ready = z.object({ address: z.string() });
const Memory = z.object({ rss: z.number() });
const Published = z.object({ seconds: z.number(), lost: z.number() });
const Versions = z.record(z.string(), z.string());

interface Taker {
  readonly address: string;
  ask(line: 'memory' | 'versions'): Promise<unknown>;
  stop(): Promise<void>;
}

async function startTaker(how: 'product' | 'bare', nats: NatsServer): Promise<Taker> {
  const folder = await mkdtemp(join(tmpdir(), `bench-${how}-`));
  const child = spawn(process.execPath, ['--expose-gc', SERVER, how, folder, `${nats.host}:${nats.port}`], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const nextLine = async (): Promise<unknown> => JSON.parse(String((await lines.next()).value));
  const { address } = Ready.parse(await nextLine());
  return {
    address,
    ask(line) {
      child.stdin.write(`${line}\n`);
      return nextLine();
    },
    async stop() {
      child.stdin.end('end\n');
      await gone;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function publish(
  nats: NatsServer,
  messages: number,
  objects: number,
  first = 0,
): Promise<z.infer<typeof Published>> {
  const numbers = [first, first + messages, objects].map(String);
  const args = [PUBLISHER, `${nats.host}:${nats.port}`, ...numbers];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return Published.parse(JSON.parse(stdout));
}

/** Asks for the connections again and again until stopped; gives how long each answer took. */
async function measureStatus(address: string, signal: AbortSignal): Promise<number[]> {
  const samplesMs: number[] = [];
  while (!signal.aborted) {
    const sentMs = performance.now();
    await (await fetch(`${address}/api/connections`)).arrayBuffer();
    samplesMs.push(performance.now() - sentMs);
    await sleep(STATUS_EVERY_MS);
  }
  return samplesMs;
}

/** What MeshSync sends until it is stored, on a real nats-server, beside a bare loop in the same run. */
export const intake: Bench = {
  name: 'intake',
  needsAssets: true,
  async run() {
    const nats = await startNats({ host: '127.0.0.1' });
    try {
      return [...(await throughput(nats)), ...(await longRun(nats))];
    } finally {
      await nats.stop();
    }
  },
};

async function throughput(nats: NatsServer): Promise<Figure[]> {
  const bare = await startTaker('bare', nats);
  let bareFirst: number;
  let bareChanges: number;
  try {
    bareFirst = FIRST_MESSAGES / (await publish(nats, FIRST_MESSAGES, FIRST_MESSAGES)).seconds;
  } finally {
    await bare.stop();
  }
  const bareAgain = await startTaker('bare', nats);
  try {
    bareChanges = FIRST_MESSAGES / (await publish(nats, FIRST_MESSAGES, CHANGED_OBJECTS)).seconds;
  } finally {
    await bareAgain.stop();
  }

  const first = await startTaker('product', nats);
  const stopStatus = new AbortController();
  let firstRate: number;
  let firstLost: number;
  let statusMs: number[];
  try {
    const status = measureStatus(first.address, stopStatus.signal);
    const published = await publish(nats, FIRST_MESSAGES, FIRST_MESSAGES);
    stopStatus.abort();
    statusMs = await status;
    firstRate = FIRST_MESSAGES / published.seconds;
    firstLost = published.lost;
  } finally {
    stopStatus.abort();
    await first.stop();
  }

  const storm = await startTaker('product', nats);
  try {
    const published = await publish(nats, CHANGE_MESSAGES, CHANGED_OBJECTS);
    const changeRate = CHANGE_MESSAGES / published.seconds;
    const versions = Versions.parse(await storm.ask('versions'));
    const wrong = wrongVersions(versions, CHANGE_MESSAGES, CHANGED_OBJECTS);
    return [
      share('intake of new objects, of a bare loop', firstRate, bareFirst, `${FIRST_MESSAGES} objects`),
      share('intake of changes, of a bare loop', changeRate, bareChanges, `${CHANGE_MESSAGES} messages`),
      {
        name: 'status request during the intake, p99',
        value: percentile(statusMs, 0.99),
        unit: 'ms',
        budget: 100,
        note: `${statusMs.length} requests`,
      },
      {
        name: 'storm of changes: objects not as their last message',
        value: wrong + published.lost + firstLost,
        unit: 'objects',
        budget: 0,
        note: `${CHANGE_MESSAGES} changes to ${CHANGED_OBJECTS} objects; includes messages lost`,
      },
    ];
  } finally {
    await storm.stop();
  }
}

function share(name: string, rate: number, bareRate: number, what: string): Figure {
  return {
    name,
    value: (rate / bareRate) * 100,
    unit: '%',
    budget: 60,
    isFloor: true,
    note: `${Math.round(rate)}/s beside ${Math.round(bareRate)}/s, ${what}`,
  };
}

/** The publisher numbers its messages from one and goes round the objects in turn. */
function wrongVersions(versions: Record<string, string>, messages: number, objects: number): number {
  let wrong = 0;
  for (let index = 0; index < objects; index += 1) {
    const last = messages - objects + index + 1;
    if (versions[`app-${index}`] !== String(last)) wrong += 1;
  }
  return wrong + Math.max(0, Object.keys(versions).length - objects);
}

async function longRun(nats: NatsServer): Promise<Figure[]> {
  const taker = await startTaker('product', nats);
  try {
    // Until the caches of the runtime and of SQLite are as large as they get.
    const warmUp = LONG_OBJECTS * 10;
    await publish(nats, warmUp, LONG_OBJECTS);
    const before = Memory.parse(await taker.ask('memory'));
    const { seconds } = await publish(nats, LONG_MESSAGES, LONG_OBJECTS, warmUp);
    const after = Memory.parse(await taker.ask('memory'));
    return [
      {
        name: 'memory gained over a long intake',
        value: (after.rss - before.rss) / 1e6,
        unit: 'MB',
        budget: 50,
        note: `${LONG_MESSAGES} messages of 2 kB in ${Math.round(seconds)} s, from ${Math.round(before.rss / 1e6)} MB; BENCH_MESSAGES sets how many`,
      },
    ];
  } finally {
    await taker.stop();
  }
}
