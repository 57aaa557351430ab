import { expect } from '@playwright/test';
import { cardOf, readCard } from './journey/card.ts';
import { actionsOf, begin, dismiss, ended, openOperations, prepare } from './journey/operation.ts';
import { test } from './journey/test.ts';
import { openWorld } from './journey/world.ts';

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
  await expect(tested.getByRole('table').getByRole('row').first()).toContainText(/\d ms$/);
  await dismiss(page, 'prod-eu-1');

  const menu = await openOperations(page, 'prod-eu-1');
  await expect(menu.getByRole('menuitem', { name: 'Install…', exact: true })).toHaveAccessibleDescription(
    'Operator, MeshSync and Broker are installed and work. Redeploy starts them anew.',
  );
  await expect(menu.getByRole('menuitem', { name: 'Clean up orphans…' })).toBeDisabled();
  await expect(menu.getByRole('menuitem', { name: 'Release finalizers…' })).toBeDisabled();
});
