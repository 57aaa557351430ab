import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect } from '@playwright/test';

/** One look of axe takes a second on a quiet machine, and minutes where twenty programs share it. */
const SETTLE_MS = 300_000;

/** What axe finds by colours; everything else it looks at is the same in every colour scheme. */
const COLOUR_RULES = ['color-contrast', 'link-in-text-block'];

/**
 * The page has no violation that axe finds and does not scroll sideways. Asked until it is so: while something slides
 * or fades in, its colours and its width are not yet those it will have. `isRecoloured`: the same page was looked at in
 * another colour scheme just before, so that only colours can have become wrong.
 */
export async function expectAccessible(page: Page, what: string, isRecoloured = false): Promise<void> {
  await expect
    .poll(() => violations(page, isRecoloured), { message: `axe violations of ${what}`, timeout: SETTLE_MS })
    .toEqual([]);
  await expect
    .poll(() => overhang(page), {
      message: `px by which ${what} is wider than the window`,
      timeout: SETTLE_MS,
    })
    .toBeLessThanOrEqual(0);
}

async function violations(page: Page, isRecoloured: boolean): Promise<readonly string[]> {
  // Legacy mode adds up the results of frames without a second, blank page; this page has no frames.
  const axe = new AxeBuilder({ page }).setLegacyMode();
  const result = await (isRecoloured ? axe.withRules(COLOUR_RULES) : axe).analyze();
  return result.violations.map(
    ({ id, nodes }) =>
      `${id}: ${nodes.map(({ target, failureSummary }) => `${target.join(' ')} ${failureSummary ?? ''}`).join(' | ')}`,
  );
}

function overhang(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}
