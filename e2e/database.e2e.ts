import type { Page } from '@playwright/test';
import { expect } from '@playwright/test';
import { cardOf, readCard } from './journey/card.ts';
import { ROWS_MS, rowsHeld } from './journey/database.ts';
import { goTo } from './journey/go.ts';
import { test } from './journey/test.ts';
import { openWorld } from './journey/world.ts';

test('a damaged database is said at once, and one button mends it', async ({ page }) => {
  await openWorld(page, 'corrupt-database');
  const snackbar = page.getByRole('alert').filter({ hasText: 'The database has a problem.' });
  await expect(snackbar).toBeVisible();
  await snackbar.getByRole('link', { name: 'Settings → Database' }).click();
  await expect(page).toHaveURL(/\/database/);
  await expect(page.getByText('Not written', { exact: true })).toBeVisible();

  await page.getByRole('main').getByRole('button', { name: 'Reset the database' }).click();
  await confirm(page, 'Reset the database');
  await expect(page.getByText(/Reset the database: succeeded/)).toBeVisible({ timeout: ROWS_MS });
  await expect(page.getByText('Works', { exact: true })).toBeVisible();
  await expect.poll(() => rowsHeld(page), { timeout: ROWS_MS }).toBeGreaterThan(0);
  // The damaged file is kept, and putting it back would not help.
  await expect(page.getByRole('button', { name: /^Restore / })).toBeDisabled();

  await goTo(page, 'Connections');
  const card = cardOf(page, 'well');
  await expect.poll(async () => (await readCard(card)).health, { timeout: ROWS_MS }).toBe('Healthy');
});

test('the database shows what it holds, is checked, reset, restored and flushed', async ({ page }) => {
  await openWorld(page, 'healthy', '/database');
  await expect(page.getByText('Works', { exact: true })).toBeVisible();
  const tables = page.getByRole('region', { name: 'Tables' });
  await expect(tables.getByRole('row', { name: /^resource [\d,]+$/ })).toBeVisible();
  await expect.poll(() => rowsHeld(page), { timeout: ROWS_MS }).toBeGreaterThan(0);
  await page.getByRole('button', { name: 'Check integrity' }).click();
  await expect(page.getByText('The database was checked: every page of it is sound.')).toBeVisible();

  await page.getByRole('button', { name: 'Reset', exact: true }).click();
  await confirm(page, 'Reset the database');
  await expect(page.getByText(/Reset the database: succeeded/)).toBeVisible({ timeout: ROWS_MS });
  await expect.poll(() => rowsHeld(page), { timeout: ROWS_MS }).toBeGreaterThan(0);

  const restore = page.getByRole('button', { name: /^Restore / });
  await expect(restore).toHaveCount(1);
  await restore.click();
  await confirm(page, 'Restore the database');
  await expect(page.getByText(/Restore the database: succeeded/)).toBeVisible({ timeout: ROWS_MS });
  await expect.poll(() => rowsHeld(page), { timeout: ROWS_MS }).toBeGreaterThan(0);

  await page.getByRole('combobox', { name: 'Connection' }).selectOption('prod-eu-1');
  await page.getByRole('button', { name: 'Flush and re-sync' }).click();
  const dialog = page.getByRole('dialog', { name: 'Flush and re-sync on prod-eu-1' });
  await dialog.getByRole('textbox').fill('prod-eu-1');
  await dialog.getByRole('button', { name: 'Flush and re-sync' }).click();
  await expect(dialog).toHaveCount(0);
  await expect(page.getByText(/Flush and re-sync the data of this connection: succeeded/)).toBeVisible({
    timeout: ROWS_MS,
  });
});

/** Types the name a destructive operation on the database asks for, and begins. */
async function confirm(page: Page, operation: string): Promise<void> {
  const dialog = page.getByRole('dialog', { name: operation });
  const begin = dialog.getByRole('button', { name: operation });
  await expect(begin).toBeDisabled();
  await dialog.getByRole('textbox', { name: 'Type database to confirm' }).fill('database');
  await begin.click();
  await expect(dialog).toHaveCount(0);
}
