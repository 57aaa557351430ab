import type { Page } from '@playwright/test';
import { expect } from '@playwright/test';
import { test } from './journey/test.ts';
import { injectFault, repairFault } from './journey/sandbox.ts';
import { openWorld, started } from './journey/world.ts';

/** A fault and its repair take simulated time too. */
const EFFECT_MS = 90_000;

test('an empty database shows the nodes of the cluster, read live, and what to do', async ({ page }) => {
  await openWorld(page, 'empty-database', '/resources');
  await expect(page.getByText('The database is empty: MeshSync has sent nothing yet.')).toBeVisible();
  await expect(page.getByText('3 objects, read live')).toBeVisible();
  const objects = page.getByRole('table', { name: 'Objects' });
  const node = objects.getByRole('row', { name: /^silent-start-node-1 Node / });
  await expect(node).toBeVisible();

  await node.getByRole('button').click();
  const detail = page.getByRole('dialog', { name: 'Node silent-start-node-1' });
  await expect(detail.getByText(/^read live from the cluster just now/)).toBeVisible();
  await expect(detail.getByLabel('YAML', { exact: true })).toContainText('kind: Node');
  await detail.getByRole('button', { name: 'Close' }).click();
  await expect(detail).toHaveCount(0);

  await page.getByRole('main').getByRole('link', { name: 'Reconnect' }).click();
  await expect(page.getByRole('dialog', { name: 'Details of silent-start' })).toBeVisible();
});

test('the MeshSync mark pulses only while data arrives', async ({ page }) => {
  const mark = page.getByRole('banner').getByRole('status');
  await openWorld(page, 'stale-data');
  await expect(mark).toHaveText('MeshSync: no messages arrive');
  await expect(pulsing(page)).toHaveCount(0);

  await repairFault(page, 'stale', 'Make MeshSync deaf');
  await expect(mark).toHaveText('MeshSync messages arrive', { timeout: EFFECT_MS });
  await expectPulse(page);

  await injectFault(page, 'stale', 'Kill the Broker');
  await expect(mark).toHaveText(/^MeshSync(?: not connected|: no messages arrive)$/, { timeout: EFFECT_MS });
  await expect(pulsing(page)).toHaveCount(0);

  await repairFault(page, 'stale', 'Kill the Broker');
  await expect(mark).toHaveText('MeshSync messages arrive', { timeout: EFFECT_MS });
  await expectPulse(page);
});

function pulsing(page: Page) {
  return page.getByRole('banner').locator('.is-pulsing');
}

/** A poll between two messages finds the mark at rest: one that pulses comes soon. */
async function expectPulse(page: Page): Promise<void> {
  await expect.poll(() => pulsing(page).count(), { intervals: [100] }).toBe(1);
}

test('objects are searched, narrowed and opened by address, and compared with the cluster', async ({
  page,
}) => {
  await openWorld(page, 'healthy', '/resources');
  const objects = page.getByRole('table', { name: 'Objects' });
  const body = objects.getByRole('rowgroup').last();
  await page.getByRole('combobox', { name: 'Connection' }).selectOption('prod-us-1');
  await expect(page).toHaveURL(/[?&]connection=/);
  await page.getByRole('checkbox', { name: /^ConfigMap / }).check();
  await page.getByRole('checkbox', { name: /^shop / }).check();
  await page.getByRole('searchbox', { name: 'Search names and labels' }).fill('shelf-2');
  await expect(page.getByText('1 object', { exact: true })).toBeVisible();
  await expect(page).toHaveURL(/[?&]q=shelf-2/);

  await page.reload();
  await started(page);
  await expect(page.getByRole('searchbox', { name: 'Search names and labels' })).toHaveValue('shelf-2');
  await expect(page.getByRole('checkbox', { name: /^ConfigMap / })).toBeChecked();
  await expect(page.getByRole('checkbox', { name: /^shop / })).toBeChecked();
  await expect(body.getByRole('row')).toHaveCount(1);
  await expect(body.getByRole('row')).toHaveText(/^shelf-2ConfigMapshop/);

  await body.getByRole('button', { name: 'shelf-2' }).click();
  const detail = page.getByRole('dialog', { name: 'ConfigMap shelf-2' });
  await expect(detail.getByLabel('YAML', { exact: true })).toContainText('name: shelf-2');
  await expect(detail.getByText('prod-us-1')).toBeVisible();
  await expect(page).toHaveURL(/[?&]object=/);
  await page.goBack();
  await expect(detail).toHaveCount(0);

  await page.getByRole('searchbox', { name: 'Search names and labels' }).fill('no-such-object');
  await expect(page.getByText('Nothing matches these filters.')).toBeVisible();
  await page.getByRole('button', { name: 'Show everything' }).click();
  await expect(body.getByRole('row', { name: /Deployment/ }).first()).toBeVisible();

  const data = page.getByRole('region', { name: 'Data of prod-us-1' });
  await data.getByRole('button', { name: 'Freshness and comparison' }).click();
  await data.getByRole('button', { name: 'Compare with the cluster' }).click();
  await expect(data.getByText(/^\d+ objects of the cluster compared, /)).toBeVisible();
});

test('the synthetic test is run by a person and by the clock, and every run stays in the plots', async ({
  page,
}) => {
  await openWorld(page, 'healthy', '/resources');
  await page.getByRole('combobox', { name: 'Connection' }).selectOption('prod-us-1');
  const data = page.getByRole('region', { name: 'Data of prod-us-1' });
  await data.getByRole('button', { name: 'Freshness and comparison' }).click();
  await expect(data.getByText('Not run yet.')).toBeVisible();
  const schedule = data.getByRole('combobox', { name: /^Runs by itself/ });
  await schedule.selectOption({ label: 'every 5 min' });
  await expect(data.getByText(/^Next: in [45] min/)).toBeVisible();

  // Five minutes are too long to wait for here; another program may ask for one.
  const address = new URL(page.url());
  const connectionId = address.searchParams.get('connection') ?? '';
  const status = await page.evaluate(
    async (path) =>
      (
        await fetch(path, {
          method: 'PUT',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ everyMinutes: 1 }),
        })
      ).status,
    `/api/connections/${encodeURIComponent(connectionId)}/synthetic`,
  );
  expect(status).toBe(200);
  await expect(schedule).toHaveValue('1');
  await expect(data.getByText('Arrived')).toBeVisible({ timeout: 150_000 });
  await expect(data.getByText(/^(\d+) of \1 runs? succeeded\.$/)).toBeVisible();
  await expect(data.getByRole('img', { name: /^End to end: now [\d,]+ ms/ })).toBeVisible();
  await schedule.selectOption({ label: 'off' });
  await expect(data.getByText(/^Next:/)).toHaveCount(0);
});
