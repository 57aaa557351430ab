import type { Page } from '@playwright/test';
import { expect } from '@playwright/test';

/** A simulated world starts inside the page: on a machine with much else to do that takes a while. */
const START_MS = 60_000;

/** Opens a page of the product over a simulated world, and waits until the server of that world has answered it. */
export async function openWorld(page: Page, world: string, path = '/settings'): Promise<void> {
  const mark = path.includes('?') ? '&' : '?';
  await page.goto(`${path}${mark}world=${world}`);
  await started(page);
}

/** Waits until the page that is being loaded has drawn its heading and has its first answer. */
export async function started(page: Page): Promise<void> {
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible({ timeout: START_MS });
  await expect(page.getByText('no answer yet')).toHaveCount(0, { timeout: START_MS });
}
