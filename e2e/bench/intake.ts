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
const ROUNDS = 3;
const CHANGE_MESSAGES = 100_000;
const CHANGED_OBJECTS = 1000;
/** As long as the design asks; `--full` measures all of it, the default a tenth and says what that would come to. */
const FULL_MESSAGES = 10_000_000;
const LONG_MESSAGES = Number(
  process.env['BENCH_MESSAGES'] ?? (process.argv.includes('--full') ? FULL_MESSAGES : FULL_MESSAGES / 10),
);
const LONG_OBJECTS = 10_000;
/** Memory is looked at so often on the way: by the slope alone a leak is told from caches that fill once. */
const LONG_LOOKS = 10;
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
  // In turns, and the best of each: other work on the machine then slows both, or spares both.
  const best = { bareFirst: 0, bareChanges: 0, first: 0 };
  const statusMs: number[] = [];
  let firstLost = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const bareFirst = await measureRate('bare', nats, FIRST_MESSAGES);
    best.bareFirst = Math.max(best.bareFirst, bareFirst.rate);
    const first = await measureRate('product', nats, FIRST_MESSAGES, statusMs);
    best.first = Math.max(best.first, first.rate);
    firstLost += first.lost;
    const bareChanges = await measureRate('bare', nats, CHANGED_OBJECTS);
    best.bareChanges = Math.max(best.bareChanges, bareChanges.rate);
  }

  const storm = await startTaker('product', nats);
  try {
    const published = await publish(nats, CHANGE_MESSAGES, CHANGED_OBJECTS);
    const changeRate = CHANGE_MESSAGES / published.seconds;
    const versions = Versions.parse(await storm.ask('versions'));
    const wrong = wrongVersions(versions, CHANGE_MESSAGES, CHANGED_OBJECTS);
    return [
      share(
        'intake of new objects, of a bare loop',
        best.first,
        best.bareFirst,
        `${FIRST_MESSAGES} objects, best of ${ROUNDS} in turns`,
      ),
      share('intake of changes, of a bare loop', changeRate, best.bareChanges, `${CHANGE_MESSAGES} messages`),
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

/** Starts anew, takes in so many objects' messages, and ends. `statusMs` gets how long status requests took meanwhile. */
async function measureRate(
  how: 'product' | 'bare',
  nats: NatsServer,
  objects: number,
  statusMs?: number[],
): Promise<{ rate: number; lost: number }> {
  const taker = await startTaker(how, nats);
  const stopping = new AbortController();
  try {
    const status = statusMs === undefined ? undefined : measureStatus(taker.address, stopping.signal);
    const { seconds, lost } = await publish(nats, FIRST_MESSAGES, objects);
    stopping.abort();
    statusMs?.push(...((await status) ?? []));
    return { rate: FIRST_MESSAGES / seconds, lost };
  } finally {
    stopping.abort();
    await taker.stop();
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
    const looks = [Memory.parse(await taker.ask('memory')).rss / 1e6];
    const share = Math.ceil(LONG_MESSAGES / LONG_LOOKS);
    const many = (count: number) => count.toLocaleString('en');
    console.error(`  before: ${Math.round(looks[0] ?? 0)} MB`);
    let seconds = 0;
    for (let look = 0; look < LONG_LOOKS; look += 1) {
      seconds += (await publish(nats, share, LONG_OBJECTS, warmUp + look * share)).seconds;
      looks.push(Memory.parse(await taker.ask('memory')).rss / 1e6);
      // Ten million take their time; what was seen is told on the way, and not lost with a run that is cut short.
      console.error(`  ${many((look + 1) * share)} messages: ${Math.round(looks.at(-1) ?? 0)} MB`);
    }
    const [before = 0] = looks;
    const gained = (looks.at(-1) ?? before) - before;
    const perMillion = (slopeOf(looks) / share) * 1e6;
    return [
      {
        name: `memory gained over ${many(LONG_MESSAGES)} messages of 2 kB`,
        value: gained,
        unit: 'MB',
        budget: 50,
        note: `in ${Math.round(seconds)} s, from ${Math.round(before)} MB; ${perMillion.toFixed(1)} MB a million by the line through ${looks.length} looks`,
      },
      ...(LONG_MESSAGES < FULL_MESSAGES && LONG_MESSAGES >= FULL_MESSAGES / 100
        ? [
            {
              name: `extrapolated, not measured: memory gained over ${many(FULL_MESSAGES)}`,
              value: gained + (perMillion * (FULL_MESSAGES - LONG_MESSAGES)) / 1e6,
              unit: 'MB',
              note: '`--full` measures it',
            },
          ]
        : []),
    ];
  } finally {
    await taker.stop();
  }
}

/** Of the straight line that fits best, a step. */
function slopeOf(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let above = 0;
  let below = 0;
  for (const [index, value] of values.entries()) {
    above += (index - middle) * (value - mean);
    below += (index - middle) ** 2;
  }
  return below === 0 ? 0 : above / below;
}
