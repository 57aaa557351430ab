import { availableParallelism, loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright';
import { z } from 'zod';
import { startBrowser } from '../cluster/harness/page.ts';
import { type Bench, type Figure } from './figure.ts';
import { startThousandProduct } from './thousand-product.ts';

const SCROLLS = 120;
const UNCHANGED_POLLS = 20;
const QUIET_LIMIT_MS = 30_000;

/** A thousand connections in Chromium: long tasks while it is scrolled, and what a poll without change renders. */
export const cards: Bench = {
  name: 'cards',
  async run() {
    const product = await startThousandProduct();
    const browser = await startBrowser();
    try {
      const { page } = await browser.open(product.address);
      page.setDefaultTimeout(60_000);
      await page
        .getByRole('button', { name: /^cluster-/ })
        .first()
        .waitFor({ timeout: 60_000 });
      return [...(await scroll(page)), ...(await rest(page))];
    } finally {
      await browser.close();
      await product.stop();
    }
  },
};

/** From top to bottom by the wheel, while the page polls and a hundred clusters are busy. */
async function scroll(page: Page): Promise<Figure[]> {
  await page.evaluate(watchLongTasks);
  // What loading took is another figure.
  await sleep(3000);
  await page.evaluate(() => performance.mark('scrolled'));
  const heightPx = await page.evaluate(() => document.documentElement.scrollHeight);
  const browser = page.context().browser();
  await browser?.startTracing(page, { categories: ['toplevel', '__metadata'] });
  await page.mouse.move(700, 600);
  for (let index = 0; index < SCROLLS; index += 1) {
    await page.mouse.wheel(0, Math.ceil(heightPx / SCROLLS));
    await sleep(40);
  }
  await sleep(500);
  const trace = (await browser?.stopTracing())?.toString() ?? '{}';
  const seen = await page.evaluate(() => {
    const fromMs = performance.getEntriesByName('scrolled')[0]?.startTime ?? 0;
    const times = (document.documentElement.dataset['longTasks'] ?? '')
      .split(' ')
      .filter((one) => one !== '');
    const tasks = times.map((one) => one.split('+').map(Number));
    const atEnd = window.scrollY + window.innerHeight >= document.documentElement.scrollHeight - 100;
    return {
      atEnd,
      longMs: tasks.flatMap(([at = 0, took = 0]) => (at >= fromMs ? [took] : [])),
      loadMs: tasks.flatMap(([at = 0, took = 0]) => (at < fromMs ? [took] : [])),
    };
  });
  if (!seen.atEnd) throw new Error('the wheel did not reach the last row');
  const load = `load of the machine ${(loadavg()[0] ?? 0).toFixed(1)} on ${availableParallelism()}`;
  return [
    {
      name: '1,000 cards scrolled, longest task',
      value: Math.max(0, ...seen.longMs),
      unit: 'ms',
      budget: 50,
      note: `${seen.longMs.length} over 50 ms (0: none); ${load}`,
    },
    {
      name: '1,000 cards scrolled, longest task, processor time',
      value: longestTaskMs(trace),
      unit: 'ms',
      note: 'of the page’s main thread, whatever else the machine does',
    },
    {
      name: '1,000 cards opened, longest task',
      value: Math.max(0, ...seen.loadMs),
      unit: 'ms',
      note: `${seen.loadMs.length} over 50 ms`,
    },
  ];
}

/**
 * Every answer is from now on the one given before, as a 304 makes it, and the clock of the page stands still: ages
 * that tick are no answer’s doing. What React still commits, a poll without change did.
 */
async function rest(page: Page): Promise<Figure[]> {
  const kept = new Map<string, { body: Buffer; headers: Record<string, string> }>();
  const answered = { again: 0 };
  await page.clock.setFixedTime(new Date());
  await page.route('**/api/**', async (route) => {
    const url = route.request().url();
    const known = kept.get(url);
    if (known !== undefined) {
      answered.again += 1;
      await route.fulfill({ status: 200, ...known });
      return;
    }
    const reply = await route.fetch();
    const { 'content-encoding': _, 'content-length': __, ...headers } = reply.headers();
    const first = { body: await reply.body(), headers };
    kept.set(url, first);
    await route.fulfill({ status: 200, ...first });
  });
  const untilPolled = async () => {
    answered.again = 0;
    const startedMs = performance.now();
    while (answered.again < UNCHANGED_POLLS && performance.now() - startedMs < QUIET_LIMIT_MS)
      await sleep(100);
  };
  // What came last before, and a counter of messages that stands still now, may still be drawn.
  await untilPolled();
  await untilPolled();
  await page.evaluate(watchMutations);
  await untilPolled();
  const changed = await page.evaluate(() => document.documentElement.dataset['mutations'] ?? '');
  // A question under way would otherwise fail when the browser closes.
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  const told = changed.split('\n').filter((one) => one !== '');
  return [
    {
      name: '1,000 cards, changes of the page by polls without change',
      value: told.length,
      unit: '',
      budget: 0,
      note: `${answered.again} replies${told.length === 0 ? '' : `: ${[...new Set(told)].slice(0, 3).join('; ')}`}`,
    },
  ];
}

const Trace = z.object({
  traceEvents: z.array(
    z.object({
      name: z.string().catch(''),
      pid: z.number().catch(0),
      tid: z.number().catch(0),
      /** Microseconds of the thread itself, without the time it waited for a core. */
      tdur: z.number().optional().catch(undefined),
      args: z.object({ name: z.string().optional().catch(undefined) }).catch({}),
    }),
  ),
});

function longestTaskMs(trace: string): number {
  const { traceEvents } = Trace.parse(JSON.parse(trace));
  const mains = new Set(
    traceEvents
      .filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid}/${tid}`),
  );
  const ofPage = traceEvents.filter(({ pid, tid }) => mains.has(`${pid}/${tid}`));
  return Math.max(0, ...ofPage.map(({ tdur = 0 }) => tdur / 1000));
}

/** Runs inside the page: must not use anything from outside itself. */
function watchLongTasks(): void {
  const times: string[] = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) times.push(`${entry.startTime}+${entry.duration}`);
    document.documentElement.dataset['longTasks'] = times.join(' ');
  }).observe({ type: 'longtask', buffered: true });
}

/** Runs inside the page: must not use anything from outside itself. */
function watchMutations(): void {
  const told: string[] = [];
  new MutationObserver((records) => {
    for (const { type, target, attributeName } of records) {
      const element = target instanceof Element ? target : target.parentElement;
      told.push(`${type} ${attributeName ?? ''} of ${element?.tagName ?? ''} ${element?.className ?? ''}`);
    }
    document.documentElement.dataset['mutations'] = told.join('\n');
  }).observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
}
