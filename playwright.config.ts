import { defineConfig } from '@playwright/test';
import { findChromium } from './e2e/run/chromium.ts';

const executablePath = findChromium();
/** Where the offline page is served already; served from here unless given. */
const served = process.env['PLAYWRIGHT_BASE_URL'];
const baseURL = served ?? 'http://127.0.0.1:4173';

/** Journeys on the offline page: the real product over a simulated world, served as it is published. */
export default defineConfig({
  testDir: 'e2e',
  testMatch: '*.e2e.ts',
  outputDir: 'test-results/playwright',
  forbidOnly: true,
  fullyParallel: false,
  retries: 0,
  workers: 2,
  // A simulated cluster runs inside each page: generous, so that a slow machine changes no result.
  timeout: 240_000,
  expect: { timeout: 30_000 },
  use: {
    baseURL,
    actionTimeout: 60_000,
    // A trace costs more time than the journey; a picture of the failure and the error’s diff tell enough.
    screenshot: 'only-on-failure',
    launchOptions: {
      ...(executablePath === undefined ? {} : { executablePath }),
      args: [
        '--no-sandbox',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
      ],
    },
  },
  ...(served === undefined
    ? {
        webServer: {
          command: 'vite preview --mode offline --host 127.0.0.1 --port 4173 --strictPort',
          url: `${baseURL}/`,
          reuseExistingServer: false,
          timeout: 60_000,
        },
      }
    : {}),
});
