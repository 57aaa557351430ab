import { expect } from '@playwright/test';
import { cardOf, openDetails } from './journey/card.ts';
import { test } from './journey/test.ts';
import { openWorld, started } from './journey/world.ts';

const SECTIONS = [
  'API server',
  'Link to the Broker',
  'Workloads',
  'Pods',
  'Services',
  'Broker and MeshSync resources',
  'Definitions (CRDs)',
  'Events of the cluster',
  'Database',
];

test('the details show findings, evidence, events and ways in, and have an address', async ({ page }) => {
  await openWorld(page, 'broker-without-external-address');
  const card = cardOf(page, 'inside-only');
  const drawer = page.getByRole('dialog', { name: 'Details of inside-only' });
  const panel = drawer.getByRole('tabpanel');

  await card.getByRole('button', { name: 'Why? Findings of inside-only' }).click();
  await expect(
    drawer.getByRole('heading', { name: 'The Broker has no address this server can reach.' }),
  ).toBeVisible();
  await expect(panel.getByText('Root cause', { exact: true })).toBeVisible();
  await expect(panel).toContainText('What to do');
  await expect(page).toHaveURL(/[?&]tab=findings/);

  await drawer.getByRole('tab', { name: 'Evidence' }).click();
  for (const name of SECTIONS) await expect(panel.getByRole('heading', { name, exact: true })).toBeVisible();
  await expect(panel.getByRole('cell', { name: 'ClusterIP', exact: true }).first()).toBeVisible();
  await expect(panel.getByRole('cell', { name: /meshplay\/meshplay-broker/ }).first()).toBeVisible();
  await expect(page).toHaveURL(/[?&]tab=evidence/);

  await page.reload();
  await started(page);
  await expect(panel.getByRole('heading', { name: 'Workloads' })).toBeVisible();

  await drawer.getByRole('tab', { name: 'Events', exact: true }).click();
  await expect(panel.getByRole('listitem').first()).toBeVisible();
  await drawer.getByRole('tab', { name: 'Ways in' }).click();
  await expect(panel).toContainText('inside-only');
  await page.keyboard.press('Escape');
  await expect(drawer).toHaveCount(0);
  await expect(page).not.toHaveURL(/[?&](open|tab)=/);

  await openDetails(page, 'inside-only', 'Evidence');
  await expect(panel.getByRole('heading', { name: 'API server' })).toBeVisible();
  await page.goBack();
  await expect(drawer).toHaveCount(0);
});
