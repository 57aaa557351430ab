import { test as base } from '@playwright/test';
import { expect } from '@playwright/test';

/** Chromium tells of a layout that took two rounds; it is no fault of a program. */
const HARMLESS = 'ResizeObserver loop';

/** A journey; it also fails when the page threw an error that nothing caught. */
export const test = base.extend<{ thrown: readonly string[] }>({
  thrown: [
    async ({ page }, use) => {
      const thrown: string[] = [];
      page.on('pageerror', (error) => {
        if (!error.message.startsWith(HARMLESS)) thrown.push(error.stack ?? error.message);
      });
      await use(thrown);
      expect(thrown, 'errors nothing caught').toEqual([]);
    },
    { auto: true },
  ],
});
