import type { Page } from '@playwright/test';

/** Rows may come back only after MeshSync has been asked again, with its pauses. */
export const ROWS_MS = 90_000;

/** How many rows the page of the database says it holds; undefined while it does not say. */
export async function rowsHeld(page: Page): Promise<number | undefined> {
  const texts = await page
    .getByRole('definition')
    .filter({ hasText: /^[\d,]+ rows?$/ })
    .allTextContents();
  const [, count] = /^([\d,]+) rows?$/.exec(texts[0] ?? '') ?? [];
  return count === undefined ? undefined : Number(count.replaceAll(',', ''));
}
