import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright';
import { freePort } from '../cluster/harness/ports.ts';
import { startChild } from '../cluster/harness/process.ts';
import { findChromium } from '../run/chromium.ts';
import { ROOT } from '../run/command.ts';
import type { Bench } from './figure.ts';

/** From `npm start` to the first health word in a browser that is already open. */
export const start: Bench = {
  name: 'start',
  async run() {
    const executablePath = findChromium();
    const browser = await chromium.launch({
      args: [
        '--no-sandbox',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
      ],
      ...(executablePath === undefined ? {} : { executablePath }),
    });
    const folder = await mkdtemp(join(tmpdir(), 'bench-start-'));
    const port = await freePort();
    try {
      const page = await browser.newPage();
      const startedMs = performance.now();
      const child = await startChild({
        name: 'npm start',
        command: 'npm',
        args: ['start', '--', '--port', String(port), '--data-dir', folder, '--sandbox'],
        cwd: ROOT,
        env: {},
        ready: async () => (await fetch(`http://127.0.0.1:${port}/api/health`)).ok,
        readyTimeoutMs: 60_000,
      });
      try {
        const servedMs = performance.now() - startedMs;
        await page.goto(`http://127.0.0.1:${port}/settings`);
        // Looked at in each frame: Playwright’s own waiting looks only every half second in the end.
        await page.waitForFunction(() =>
          /Healthy|Needs attention|Broken|Changing|Cannot be observed/.test(
            document.querySelector('article')?.textContent ?? '',
          ),
        );
        const shownMs = performance.now() - startedMs;
        return [
          {
            name: 'npm start → server answers',
            value: servedMs / 1000,
            unit: 's',
            note: 'includes building the page',
          },
          { name: 'npm start → first status on screen', value: shownMs / 1000, unit: 's', budget: 3 },
        ];
      } finally {
        await child.stop();
      }
    } finally {
      await browser.close();
      await rm(folder, { recursive: true, force: true });
    }
  },
};
