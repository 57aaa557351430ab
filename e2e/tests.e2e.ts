import type { Locator, Page } from '@playwright/test';
import { expect } from '@playwright/test';
import { cardOf, readCard } from './journey/card.ts';
import { test } from './journey/test.ts';
import { openWorld } from './journey/world.ts';

/** A synthetic test gives each hop its time before it calls it silent. */
const SYNTHETIC_MS = 90_000;
/** Operators take simulated time to deploy, and MeshSync to send. */
const MENDED_MS = 150_000;

test('a synthetic test shows the time of every hop, or the first that did not answer', async ({ page }) => {
  await openWorld(page, 'healthy');
  const well = await startSynthetic(page, 'staging');
  await expect(well.getByText(/Synthetic test: succeeded/)).toBeVisible({ timeout: SYNTHETIC_MS });
  const hops = well.getByRole('table', { name: 'When the change was seen at each hop' });
  for (const hop of [
    'The API server accepted the change',
    'Seen on the Broker',
    'Understood',
    'In the database',
    'An update arrived',
    'The deletion arrived',
  ]) {
    await expect(hops.getByRole('row', { name: new RegExp(`^${hop} after `) })).toBeVisible();
  }
  await well.getByRole('button', { name: 'Dismiss the result of Synthetic test' }).click();
  await expect(well).toHaveCount(0);

  await openWorld(page, 'meshsync-not-connected');
  const silent = await startSynthetic(page, 'unlinked');
  await expect(silent.getByText(/Synthetic test: failed/)).toBeVisible({ timeout: SYNTHETIC_MS });
  await expect(silent.getByRole('row', { name: /^The API server accepted the change after / })).toBeVisible();
  await expect(silent.getByRole('row', { name: 'Seen on the Broker never seen' })).toBeVisible();
  await expect(silent.getByText(/^Look at MeshSync and the Broker/)).toBeVisible();
});

async function startSynthetic(page: Page, name: string): Promise<Locator> {
  const card = cardOf(page, name);
  await card.getByRole('button', { name: 'Synthetic test', exact: true }).click();
  return card.getByRole('region', { name: 'Synthetic test' });
}

test('a connectivity test says what works, names one root cause, and what is missing', async ({ page }) => {
  await openWorld(page, 'healthy');
  const well = await startTest(page, 'staging');
  const summary = well.locator('.check-summary');
  await expect(summary).toHaveText(/^\d+ passed/);
  await expect(summary).not.toContainText('failed');
  await expect(well.getByText(/^Root cause/)).toHaveCount(0);
  for (const suite of ['Kubernetes', 'Operator', 'Broker', 'MeshSync', 'Server and database']) {
    await expect(well.getByRole('region', { name: suite })).toBeVisible();
  }

  await openWorld(page, 'api-unreachable');
  const unreachable = await startTest(page, 'unreachable');
  await expect(unreachable.getByText(/^Root cause: “The API server answers” failed/)).toBeVisible();
  await expect(unreachable.getByText(/^\d+ checks were not evaluated because of it\.$/)).toBeVisible();
  await expect(
    unreachable
      .getByRole('region', { name: 'Broker' })
      .getByText('not evaluated because of: The API server answers')
      .first(),
  ).toBeVisible();
  await unreachable.getByRole('button', { name: 'Run again' }).click();
  await expect(unreachable.getByText(/^Root cause: “The API server answers” failed/)).toBeVisible();

  await openWorld(page, 'forbidden');
  const forbidden = await startTest(page, 'no-pods');
  await expect(
    forbidden.getByText(/^Root cause: “It may watch Operator, MeshSync and Broker” failed: .*watch pods/),
  ).toBeVisible();
  const role = forbidden.getByText(/kind: ClusterRole/).first();
  await expect(role).toContainText('resources: ["pods"]');
  await expect(role).toContainText('verbs: [get, list, watch]');
});

async function startTest(page: Page, name: string): Promise<Locator> {
  await cardOf(page, name).getByRole('button', { name: 'Test connectivity' }).click();
  return page.getByRole('dialog', { name: `Test of ${name}` });
}

test('the remedy offered for orphaned controllers mends them', async ({ page }) => {
  await openWorld(page, 'orphaned-controllers');
  const card = cardOf(page, 'orphans');
  const cause = card.getByText('MeshSync or Broker are orphaned: they run without an Operator.');
  await expect(cause).toBeVisible();
  await card.getByRole('button', { name: 'Deploy an Operator that adopts them' }).click();
  const dialog = page.getByRole('dialog');
  const begin = dialog.getByRole('button', { name: 'Adopt', exact: true });
  await expect(begin).toBeEnabled();
  await begin.click();
  await expect(dialog).toHaveCount(0);
  await expect(card.getByText(/: succeeded/)).toBeVisible({ timeout: MENDED_MS });
  await expect.poll(async () => (await readCard(card)).health, { timeout: MENDED_MS }).toBe('Healthy');
  await expect(cause).toHaveCount(0);
  await expect(card.getByRole('button', { name: 'Why? Findings of orphans' })).toHaveCount(0);
  expect((await readCard(card)).states).toEqual({
    Operator: 'DEPLOYED',
    MeshSync: 'CONNECTED',
    Broker: 'CONNECTED',
  });
});
