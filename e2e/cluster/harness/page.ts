import { spawn } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright';
import { findChromium } from '../../run/chromium.ts';
import { waitFor } from './poll.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const BUILT = join(ROOT, 'dist/page/index.html');
const ARGS = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

export interface ShownConnection {
  readonly name: string;
  /** Healthy, Broken, Cannot be observed… */
  readonly health: string;
  /** By the name shown; empty while nothing can be observed. */
  readonly states: Readonly<Record<string, string>>;
  readonly cause: string;
}

export interface OpenPage {
  /** What every card says now. */
  read(): Promise<ShownConnection[]>;
  /** Looks until some card is as wanted; gives the time it took. */
  waitFor(what: string, predicate: (shown: ShownConnection) => boolean, timeoutMs: number): Promise<number>;
  readonly page: Page;
}

export interface OpenBrowser {
  /** The settings page of a product. */
  open(url: string): Promise<OpenPage>;
  close(): Promise<void>;
}

/** Builds the page if its sources are newer than the last build, and starts Chromium. */
export async function startBrowser(): Promise<OpenBrowser> {
  await buildPage();
  const executablePath = findChromium();
  const browser: Browser = await chromium.launch({
    args: ARGS,
    ...(executablePath === undefined ? {} : { executablePath }),
  });
  return {
    async open(url) {
      const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
      await page.goto(`${url}/settings`);
      const read = () => page.getByRole('article').evaluateAll(readCards);
      return {
        page,
        read,
        async waitFor(what, predicate, timeoutMs) {
          let last: ShownConnection[] = [];
          try {
            const { elapsedMs } = await waitFor(
              what,
              async () => {
                last = await read();
                return last.some(predicate);
              },
              { timeoutMs },
            );
            return elapsedMs;
          } catch (error) {
            throw new Error(`${what}: not within ${timeoutMs} ms; the page shows ${JSON.stringify(last)}`, {
              cause: error,
            });
          }
        },
      };
    },
    close: () => browser.close(),
  };
}

/** Runs inside the page: must not use anything from outside itself. */
function readCards(cards: Element[]): ShownConnection[] {
  const textOf = (element: Element | null | undefined) => element?.textContent?.trim() ?? '';
  return cards.map((card) => ({
    name: textOf(card.querySelector('h2')),
    health: textOf(card.querySelector('.card-head .chip')),
    states: Object.fromEntries(
      [...card.querySelectorAll('tbody tr')].map((row) => [
        textOf(row.querySelector('th')),
        textOf(row.querySelector('td')),
      ]),
    ),
    cause: textOf(card.querySelector('.cause-summary')),
  }));
}

async function buildPage(): Promise<void> {
  const sources = await Promise.all(
    ['src', 'public', 'index.html', 'vite.config.ts'].map((path) => newest(join(ROOT, path))),
  );
  // Not built yet counts as older than everything.
  const builtAt = await stat(BUILT).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
  if (builtAt >= Math.max(...sources)) return;
  const child = spawn(
    process.execPath,
    [join(ROOT, 'node_modules/vite/bin/vite.js'), 'build', '--logLevel', 'warn'],
    {
      cwd: ROOT,
      stdio: ['ignore', 'inherit', 'inherit'],
      // Vitest’s own mode would make a development build.
      env: { ...process.env, NODE_ENV: 'production' },
    },
  );
  const code = await new Promise<number | null>((settle, fail) => {
    child.once('error', fail);
    child.once('exit', settle);
  });
  if (code !== 0) throw new Error(`the page could not be built: vite ended with ${code}`);
}

/** Time of the newest file below a path, milliseconds. */
async function newest(path: string): Promise<number> {
  const info = await stat(path);
  if (!info.isDirectory()) return info.mtimeMs;
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && !/\.spec\.tsx?$/.test(entry.name));
  const times = await Promise.all(
    files.map(async (file) => (await stat(join(file.parentPath, file.name))).mtimeMs),
  );
  return Math.max(info.mtimeMs, ...times);
}
