import type { Page } from '@playwright/test';
import { expect } from '@playwright/test';
import { cardOf, readCard } from './journey/card.ts';
import { dismiss, panelOf } from './journey/operation.ts';
import { test } from './journey/test.ts';
import { openWorld } from './journey/world.ts';

/** Operations wait for pods and messages, which takes simulated time too. */
const END_MS = 180_000;

/** Chooses connections and an action to run on them; gives the bar at the foot. */
async function select(page: Page, names: readonly string[], action: string) {
  await page.getByRole('button', { name: 'Select', exact: true }).click();
  const bar = page.getByRole('region', { name: 'Act on the selected connections' });
  await expect(bar.getByRole('button', { name: 'Run…' })).toHaveAccessibleDescription(
    'Select at least one connection first.',
  );
  for (const name of names) await page.getByRole('checkbox', { name: `Select ${name}` }).check();
  await expect(bar.getByRole('status')).toHaveText(`${names.length} selected`);
  await bar.getByRole('combobox', { name: 'Action' }).selectOption(action);
  return bar;
}

test('runs one action on several connections, leaves out where it cannot, and has a result for each', async ({
  page,
}) => {
  await openWorld(page, 'welcome');
  await expect.poll(async () => (await readCard(cardOf(page, 'staging'))).health).toBe('Healthy');
  await expect
    .poll(async () => (await readCard(cardOf(page, 'prod-eu-1'))).health)
    .toMatch(/Needs attention|Broken/);
  const bar = await select(page, ['staging', 'prod-eu-1', 'legacy-dc2'], 'Reconnect');
  await bar.getByRole('button', { name: 'Run…' }).click();
  const dialog = page.getByRole('dialog', { name: /^Reconnect on / });
  const results = dialog.getByRole('list', { name: 'Connections' });
  const resultOf = (name: string) => results.locator(':scope > li').filter({ hasText: name });
  await expect(resultOf('legacy-dc2')).toContainText('Left out');
  await expect(resultOf('legacy-dc2')).toContainText('The API server of legacy-dc2 does not answer');
  await expect(dialog.getByRole('status')).toContainText('1 left out');
  await dialog.getByRole('button', { name: 'Reconnect on 2 connections' }).click();
  await expect(dialog.getByText('2 of 2 have ended; 1 left out')).toBeVisible({ timeout: END_MS });
  await expect(resultOf('staging')).toContainText('Succeeded');
  await expect(resultOf('prod-eu-1')).toContainText('No way to the Broker answered');
  await expect(resultOf('prod-eu-1')).toContainText('Failed');
  await expect(resultOf('legacy-dc2')).toContainText('Left out');
  await dialog.getByRole('button', { name: 'Close' }).click();
  await bar.getByRole('button', { name: 'Done' }).click();
  await expect(bar).toHaveCount(0);
  await expect(panelOf(page, 'staging').getByRole('status')).toContainText(': Succeeded.');
});

test('uninstalls from several connections, after every object was listed and a phrase typed', async ({
  page,
}) => {
  await openWorld(page, 'healthy');
  for (const name of ['prod-eu-1', 'staging'])
    await expect.poll(async () => (await readCard(cardOf(page, name))).health).toBe('Healthy');
  const bar = await select(page, ['prod-eu-1', 'staging'], 'Uninstall');
  await bar.getByRole('button', { name: 'Run…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Uninstall on 2 connections' });
  const results = dialog.getByRole('list', { name: 'Connections' });
  const resultOf = (name: string) => results.locator(':scope > li').filter({ hasText: name });
  for (const name of ['prod-eu-1', 'staging']) {
    const objects = resultOf(name).getByText(/objects will be removed$/);
    await objects.click();
    await expect(resultOf(name).getByText(/^Deployment .+-operator$/)).toBeVisible();
  }
  const run = dialog.getByRole('button', { name: 'Uninstall on 2 connections' });
  await expect(run).toBeDisabled();
  await expect(run).toHaveAccessibleDescription('Type “uninstall 2” to confirm.');
  await dialog.getByRole('textbox').fill('uninstall 3');
  await expect(run).toBeDisabled();
  await dialog.getByRole('textbox').fill('uninstall 2');
  await run.click();
  await expect(dialog.getByText('2 of 2 have ended')).toBeVisible({ timeout: END_MS });
  for (const name of ['prod-eu-1', 'staging']) {
    await expect(resultOf(name)).toContainText('Succeeded');
    await expect(resultOf(name)).toContainText('stay, as asked');
  }
  await dialog.getByRole('button', { name: 'Close' }).click();
  await bar.getByRole('button', { name: 'Done' }).click();
  const gone = { Operator: 'NOTDEPLOYED', MeshSync: 'UNDEPLOYED', Broker: 'UNDEPLOYED' };
  for (const name of ['prod-eu-1', 'staging']) {
    await dismiss(page, name);
    await expect
      .poll(() => readCard(cardOf(page, name)), { timeout: END_MS })
      .toMatchObject({ states: gone });
  }
  // Who was not chosen was not touched.
  expect((await readCard(cardOf(page, 'prod-us-1'))).states).toMatchObject({ Operator: 'DEPLOYED' });

  // A second time there is nothing to do anywhere.
  const again = await select(page, ['prod-eu-1', 'staging'], 'Uninstall');
  await again.getByRole('button', { name: 'Run…' }).click();
  const refused = page.getByRole('dialog', { name: 'Uninstall on 0 connections' });
  await expect(refused).toContainText('Nothing is installed here.');
  await expect(refused.getByRole('button', { name: /^Uninstall on/ })).toHaveAccessibleDescription(
    'It can be run on none of these now.',
  );
});
