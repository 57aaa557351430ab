/** `node e2e/pictures/take.ts`: takes the four pictures of the README from `dist/offline`, which must be built. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { chromium } from 'playwright';
import { preview } from 'vite';
import { freePort } from '../cluster/harness/ports.ts';
import { ROOT } from '../run/command.ts';
import { findChromium } from '../run/chromium.ts';

const SIZES = { wide: { width: 1440, height: 900 }, narrow: { width: 390, height: 844 } } as const;
const READY_MS = 60_000;
/** Rates and ages have then come to what they usually are. */
const SETTLE_MS = 20_000;
const LARGEST_BYTES = 400_000;

const port = await freePort();
const server = await preview({
  root: ROOT,
  mode: 'offline',
  logLevel: 'warn',
  preview: { host: '127.0.0.1', port, strictPort: true },
});
const executablePath = findChromium();
const browser = await chromium.launch({
  args: ['--no-sandbox'],
  ...(executablePath === undefined ? {} : { executablePath }),
});
try {
  for (const [size, viewport] of Object.entries(SIZES)) {
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await browser.newPage({ viewport, colorScheme, reducedMotion: 'reduce' });
      await page.goto(`http://127.0.0.1:${port}/settings?world=welcome`);
      await page
        .getByRole('article', { name: 'staging' })
        .getByText('Healthy')
        .waitFor({ timeout: READY_MS });
      await page.waitForTimeout(SETTLE_MS);
      const path = resolve(import.meta.dirname, `settings-${size}-${colorScheme}.png`);
      await page.screenshot({ path });
      await page.close();
      const { size: bytes } = statSync(path);
      if (bytes > LARGEST_BYTES) throw new Error(`${path} has ${bytes} bytes, more than ${LARGEST_BYTES}.`);
      console.log(`${path}: ${bytes} bytes`);
    }
  }
} finally {
  await browser.close();
  await server.close();
}
