import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect } from '@playwright/test';

const SETTLE_MS = 120_000;

/**
 * The page has no violation that axe finds and does not scroll sideways. Asked until it is so: while something slides
 * or fades in, its colours and its width are not yet those it will have.
 */
export async function expectAccessible(page: Page, what: string): Promise<void> {
  await expect
    .poll(() => violations(page), { message: `axe violations of ${what}`, timeout: SETTLE_MS })
    .toEqual([]);
  await expect
    .poll(() => overhang(page), {
      message: `px by which ${what} is wider than the window`,
      timeout: SETTLE_MS,
    })
    .toBeLessThanOrEqual(0);
}

async function violations(page: Page): Promise<readonly string[]> {
  const result = await new AxeBuilder({ page }).analyze();
  return result.violations.map(
    ({ id, nodes }) =>
      `${id}: ${nodes.map(({ target, failureSummary }) => `${target.join(' ')} ${failureSummary ?? ''}`).join(' | ')}`,
  );
}

function overhang(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}
