/** Holds a fault against what names it: our REST, the page and the command line must all say the same root cause. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import type { ConnectionView } from '../../src/api/connection.ts';
import { runCli } from '../../src/cli/main.ts';
import type { OpenPage } from './harness/page.ts';
import { waitFor } from './harness/poll.ts';
import type { Product } from './harness/product.ts';

/** A verdict must come within this on a loaded machine; what it really took is printed, not asserted. */
const VERDICT_LIMIT_MS = 60_000;

const RECONNECT_PAUSE_MS = 10_000;

const Status = z.looseObject({
  connections: z.array(
    z.looseObject({ name: z.string(), rootCause: z.looseObject({ code: z.string() }).optional() }),
  ),
});

export interface Wanted {
  readonly fault: string;
  /** The codes of which one must be the root cause. */
  readonly codes: readonly string[];
  /** What its sentence or its facts must contain. */
  readonly says?: string | RegExp;
  /** Name of the connection; the only one where there is one. */
  readonly connection?: string;
}

export interface Verdicts {
  /** Waits until REST, page and command line name the root cause wanted. */
  named(wanted: Wanted): Promise<ConnectionView>;
  /** Waits until the connection has no root cause at all. */
  well(after: string, connection?: string): Promise<void>;
  /** A table of every fault and verdict so far. */
  report(): string;
}

/** Judges by one product and a page that is open on it. */
export function createVerdicts(options: { product: Product; page: OpenPage }): Verdicts {
  const { product, page } = options;
  const rows: string[][] = [];
  let last = 'nothing';

  async function view(name: string | undefined): Promise<ConnectionView | undefined> {
    const found = (await product.connections()).find((one) => name === undefined || one.name === name);
    if (found === undefined) {
      last = `no connection ${name ?? ''}`;
      return undefined;
    }
    const connection = await product.connection(found.id);
    const others = connection.allFindings.map(({ code }) => code).join(' ');
    last = `${connection.rootCause?.code ?? 'no root cause'} ${connection.rootCause?.summary ?? ''} (all: ${others})`;
    return connection;
  }

  async function wait<T>(what: string, ask: () => Promise<T | undefined | false>) {
    try {
      return await waitFor(what, ask, { timeoutMs: VERDICT_LIMIT_MS, everyMs: 60 });
    } catch (error) {
      throw new Error(`${what}: last seen ${last}`, { cause: error });
    }
  }

  let reconnectedMs = -RECONNECT_PAUSE_MS;
  /** On a loaded machine the direct way may answer too late, and the link stands on a forwarded port from then on. */
  async function reconnect(connectionId: string): Promise<void> {
    if (performance.now() - reconnectedMs < RECONNECT_PAUSE_MS) return;
    reconnectedMs = performance.now();
    await product.call('operationStart', { body: { kind: 'reconnect', connectionId } });
  }

  return {
    async named({ fault, codes, says, connection: name }) {
      const isNamed = (connection: ConnectionView | undefined): connection is ConnectionView => {
        const root = connection?.rootCause;
        if (root === undefined || !codes.includes(root.code)) return false;
        const words = [root.summary, ...root.facts.map(({ text }) => text)].join('\n');
        return says === undefined || (says instanceof RegExp ? says.test(words) : words.includes(says));
      };
      const rest = await wait(`REST names ${codes.join(' or ')} for “${fault}”`, async () => {
        const connection = await view(name);
        return isNamed(connection) && connection;
      });
      const [shown, told] = await Promise.all([
        // A sentence may hold an age, so it is asked for anew beside every look at the page.
        wait(`the page shows the cause of “${fault}”`, async () => {
          const connection = await view(name);
          const cards = await page.read();
          return (
            isNamed(connection) &&
            cards.find(
              (card) => card.name === connection.name && card.cause === connection.rootCause?.summary,
            )
          );
        }),
        wait(`the command line names ${codes.join(' or ')} for “${fault}”`, async () => {
          const roots = await cliRoots(product.url);
          return roots.get(rest.value.name) === rest.value.rootCause?.code && roots.get(rest.value.name);
        }),
      ]);
      rows.push([
        fault,
        rest.value.rootCause?.code ?? '',
        told.value,
        String(Math.round(rest.elapsedMs)),
        shown.value.cause,
      ]);
      return rest.value;
    },
    async well(after, name) {
      await wait(`no root cause after “${after}”`, async () => {
        const connection = await view(name);
        if (connection?.rootCause?.code === 'MT-B-29') await reconnect(connection.id);
        return connection !== undefined && connection.rootCause === undefined && connection.messages > 0;
      });
    },
    report: () => table([['fault', 'REST', 'CLI', 'ms', 'on the page'], ...rows]),
  };
}

/** Root cause by name of connection, as `system status --output json` tells it. */
async function cliRoots(url: string): Promise<ReadonlyMap<string, string | undefined>> {
  let out = '';
  const streams = { out: { write: (text: string) => (out += text) }, err: { write: () => undefined } };
  const args = ['system', 'status', '--server', url, '--output', 'json'];
  await runCli(args, streams, AbortSignal.timeout(30_000));
  const { connections } = Status.parse(JSON.parse(out));
  return new Map(connections.map(({ name, rootCause }) => [name, rootCause?.code]));
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export interface ProductClock {
  /** For the environment of the product. */
  readonly env: Readonly<Record<string, string>>;
  /** The product’s clock goes forward by this, as after a laptop’s sleep. */
  forward(ms: number): void;
}

/**
 * A clock of the product that can be put forward: a rollout counts as young for a minute, data as fresh for ten, and
 * no test should wait that long. It starts two minutes ahead, so that what the cluster has just made is not young.
 */
export function createProductClock(folder: string): ProductClock {
  const file = join(folder, 'clock-ahead-ms');
  const module = join(folder, 'clock.mjs');
  let aheadMs = 120_000;
  const write = () => writeFileSync(file, String(aheadMs));
  write();
  writeFileSync(
    module,
    `import { readFileSync } from 'node:fs';
const real = Date.now;
const read = () => Number(readFileSync(${JSON.stringify(file)}, 'utf8')) || ahead;
let ahead = 0;
ahead = read();
setInterval(() => { ahead = read(); }, 100).unref();
Date.now = () => real() + ahead;
`,
  );
  return {
    env: { NODE_OPTIONS: `--import=${pathToFileURL(module).href}` },
    forward(ms) {
      aheadMs += ms;
      write();
    },
  };
}
