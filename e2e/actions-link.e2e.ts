import { expect } from '@playwright/test';
import { cardOf, readCard } from './journey/card.ts';
import { actionsOf, begin, dismiss, ended, openOperations, panelOf, prepare } from './journey/operation.ts';
import { test } from './journey/test.ts';
import { openWorld } from './journey/world.ts';

/** An operation waits for messages, which takes simulated time too. */
const END_MS = 120_000;

test('reconnects, asks for everything again, flushes and tests, each with its result', async ({ page }) => {
  await openWorld(page, 'healthy');
  await expect.poll(async () => (await readCard(cardOf(page, 'prod-eu-1'))).health).toBe('Healthy');
  const actions = actionsOf(page, 'prod-eu-1');
  await actions.getByRole('button', { name: 'Reconnect' }).click();
  const connected = await ended(page, 'prod-eu-1', /^Reconnect/, 'Succeeded');
  await expect(connected).toContainText(/Connected to .+ by way of .+; data arrives\./);
  await dismiss(page, 'prod-eu-1');

  const ask = await openOperations(page, 'prod-eu-1');
  await ask.getByRole('menuitem', { name: 'Re-sync', exact: true }).click();
  const answered = await ended(page, 'prod-eu-1', /^Ask MeshSync/, 'Succeeded');
  await expect(answered).toContainText('MeshSync answered');
  await dismiss(page, 'prod-eu-1');

  const flush = await prepare(page, 'prod-eu-1', 'Flush and re-sync');
  const start = flush.getByRole('button', { name: 'Flush and re-sync', exact: true });
  await expect(start).toHaveAccessibleDescription('Type prod-eu-1 above to confirm.');
  await expect(start).toBeDisabled();
  await flush.getByLabel('Type prod-eu-1 to confirm').fill('prod-eu-1');
  await begin(flush, 'Flush and re-sync');
  await ended(page, 'prod-eu-1', /^Flush/, 'Succeeded');
  await dismiss(page, 'prod-eu-1');

  await actions.getByRole('button', { name: 'Synthetic test' }).click();
  const tested = await ended(page, 'prod-eu-1', /^Synthetic test/, 'Succeeded');
  await expect(tested.getByRole('table').getByRole('row').first()).toContainText(/after /);
  await dismiss(page, 'prod-eu-1');

  const menu = await openOperations(page, 'prod-eu-1');
  await expect(menu.getByRole('menuitem', { name: 'Install…', exact: true })).toHaveAccessibleDescription(
    'Operator, MeshSync and Broker are installed and work. Redeploy starts them anew.',
  );
  await expect(menu.getByRole('menuitem', { name: 'Clean up orphans…' })).toBeDisabled();
  await expect(menu.getByRole('menuitem', { name: 'Release finalizers…' })).toBeDisabled();
});

test('runs one action on several connections, with a result for each', async ({ page }) => {
  await openWorld(page, 'welcome');
  await expect.poll(async () => (await readCard(cardOf(page, 'staging'))).health).toBe('Healthy');
  await page.getByRole('button', { name: 'Select', exact: true }).click();
  const bar = page.getByRole('region', { name: 'Act on the selected connections' });
  const run = bar.getByRole('button', { name: 'Run…' });
  await expect(run).toHaveAccessibleDescription('Select at least one connection first.');
  for (const name of ['staging', 'legacy-dc2']) {
    await page.getByRole('checkbox', { name: `Select ${name}` }).check();
  }
  await expect(bar.getByRole('status')).toHaveText('2 selected');
  await bar.getByRole('combobox', { name: 'Action' }).selectOption('Uninstall');
  await run.click();
  const uninstall = page.getByRole('dialog', { name: 'Uninstall on 2 connections' });
  const remove = uninstall.getByRole('button', { name: 'Uninstall on 2 connections' });
  await expect(remove).toHaveAccessibleDescription('Type “uninstall 2” to confirm.');
  await expect(remove).toBeDisabled();
  await uninstall.getByRole('button', { name: 'Close' }).click();
  await expect(uninstall).toHaveCount(0);

  await bar.getByRole('combobox', { name: 'Action' }).selectOption('Reconnect');
  await run.click();
  const dialog = page.getByRole('dialog', { name: 'Reconnect on 2 connections' });
  await dialog.getByRole('button', { name: 'Reconnect on 2 connections' }).click();
  await expect(dialog.getByText('2 of 2 have ended')).toBeVisible({ timeout: END_MS });
  const results = dialog.getByRole('list', { name: 'Connections' }).getByRole('listitem');
  await expect(results.filter({ hasText: 'staging' })).toContainText('Succeeded');
  await expect(results.filter({ hasText: 'legacy-dc2' })).toContainText('No way to the Broker answered');
  await expect(results.filter({ hasText: 'legacy-dc2' })).toContainText('Failed');
  await dialog.getByRole('button', { name: 'Close' }).click();
  await bar.getByRole('button', { name: 'Done' }).click();
  await expect(bar).toHaveCount(0);
  await expect(panelOf(page, 'staging').getByRole('status')).toContainText(': Succeeded.');
});
