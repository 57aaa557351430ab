import { expect } from '@playwright/test';
import { cardOf, readCard } from './journey/card.ts';
import { test } from './journey/test.ts';
import { openWorld, started } from './journey/world.ts';

/** A crash, its back-off and the way back take simulated time too. */
const EFFECT_MS = 90_000;

test('a fault changes the card, and its repair mends it', async ({ page }) => {
  await openWorld(page, 'healthy');
  const card = cardOf(page, 'staging');
  const health = async () => (await readCard(card)).health;
  await expect.poll(health).toBe('Healthy');

  const open = page.getByRole('button', { name: 'Sandbox', exact: true });
  const dialog = page.getByRole('dialog', { name: 'Sandbox' });
  const close = dialog.getByRole('button', { name: 'Close' });
  await open.click();
  await dialog.getByRole('combobox', { name: 'Connection' }).selectOption('staging');
  await dialog.getByRole('searchbox', { name: /^Search faults/ }).fill('MT-M-13');
  await dialog.getByRole('radio', { name: /^Scale MeshSync to zero/ }).check();
  await dialog.getByRole('button', { name: 'Inject' }).click();
  await expect(dialog.getByText('staging: Scale MeshSync to zero')).toBeVisible();
  await close.click();
  await expect(dialog).toHaveCount(0);
  await expect.poll(health, { timeout: EFFECT_MS }).toBe('Broken');
  expect((await readCard(card)).brokenAfter).toEqual(['MeshSync']);
  await expect(page.getByRole('button', { name: /^\d+ unread problems?$/ })).toBeVisible();

  await open.click();
  await dialog.getByRole('button', { name: 'Repair' }).click();
  await expect(dialog.getByText('staging: Scale MeshSync to zero')).toHaveCount(0);
  await close.click();
  await expect.poll(health, { timeout: EFFECT_MS }).toBe('Healthy');
});

test('another world is entered, remembered, and the sandbox removed', async ({ page }) => {
  await openWorld(page, 'nothing-deployed');
  const open = page.getByRole('button', { name: 'Sandbox', exact: true });
  const dialog = page.getByRole('dialog', { name: 'Sandbox' });
  await expect(cardOf(page, 'fresh')).toBeVisible();
  await open.click();
  // The world is marked when the server has entered it.
  const halfDone = dialog.getByRole('radio', { name: /^The Operator without resources/ });
  await halfDone.click();
  await expect(halfDone).toBeChecked();
  await dialog.getByRole('button', { name: 'Close' }).click();
  await expect(cardOf(page, 'half-done')).toBeVisible();
  await expect(cardOf(page, 'fresh')).toHaveCount(0);

  await page.goto('/settings');
  await started(page);
  await expect(cardOf(page, 'half-done')).toBeVisible();
  await open.click();
  await dialog.getByRole('button', { name: 'Remove the sandbox' }).click();
  await dialog.getByRole('button', { name: 'Close' }).click();
  await expect(page.getByRole('heading', { name: 'No cluster connected yet' })).toBeVisible();
  await expect(page.getByRole('article')).toHaveCount(0);
  await expect(page.getByRole('banner').getByRole('status')).toHaveText('MeshSync: no cluster yet');

  await openWorld(page, 'nothing-deployed');
  await expect(cardOf(page, 'fresh')).toBeVisible();
});
