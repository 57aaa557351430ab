import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { startSandboxServer } from './journey/server.ts';
import { test } from './journey/test.ts';
import { openWorld, started } from './journey/world.ts';

/** A kubeconfig of clusters that nobody answers for: what is read is the file. */
function fleet(tokens: Readonly<Record<string, string>>): string {
  const names = Object.keys(tokens);
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': names[0] ?? '',
    clusters: names.map((name) => ({ name, cluster: { server: `https://${name}.invalid:6443` } })),
    users: names.map((name) => ({ name, user: { token: tokens[name] } })),
    contexts: names.map((name) => ({ name, context: { cluster: name, user: name } })),
  });
}

test('the places tried are shown, read again, and lead to the connection found there', async ({ page }) => {
  await openWorld(page, 'welcome');
  await page.getByRole('button', { name: 'Add kubeconfig' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add kubeconfig' });
  await expect(dialog.getByRole('region', { name: 'Places tried' }).getByRole('row').nth(1)).toBeVisible();
  await dialog.getByRole('link', { name: 'Every context found' }).click();
  await expect(dialog).toHaveCount(0);

  await expect(page).toHaveURL(/\/kubeconfigs$/);
  await expect(page.getByRole('heading', { name: 'Kubeconfigs', level: 1 })).toBeVisible();
  const contexts = page.getByRole('region', { name: 'Contexts found' });
  for (const name of ['prod-eu-1', 'staging', 'edge-lab', 'legacy-dc2'])
    await expect(contexts.getByRole('row', { name: new RegExp(`^${name}`) })).toBeVisible();

  await page.getByRole('button', { name: 'Rediscover' }).click();
  await expect(page.getByText('Read again; nothing has changed.')).toBeVisible();

  await contexts
    .getByRole('row', { name: /^staging/ })
    .getByRole('link', { name: 'Show the connection' })
    .click();
  await expect(page).toHaveURL(/\/settings\?.*tab=ways-in/);
  await expect(page.getByRole('dialog', { name: 'Details of staging' }).getByRole('tabpanel')).toContainText(
    'staging',
  );
});

test('what is new in the file, changed and gone is said, and the cards follow', async ({ page }) => {
  const folder = await mkdtemp(join(tmpdir(), 'journey-'));
  const kubeconfig = join(folder, 'config');
  const write = (tokens: Readonly<Record<string, string>>) => writeFile(kubeconfig, fleet(tokens));
  await write({ old: 'one', kept: 'one' });
  const server = await startSandboxServer('nothing-deployed', { kubeconfig });
  try {
    await page.goto(`${server.url}/kubeconfigs`);
    await started(page);
    const contexts = page.getByRole('region', { name: 'Contexts found' });
    await expect(contexts.getByRole('row', { name: /^old/ })).toBeVisible();
    // The server reads the file by itself every half minute, and may be first: then it is changed once more.
    let round = 0;
    await expect(async () => {
      round += 1;
      await write({ kept: `rotated-${round}`, [`new-${round}`]: 'one' });
      await page.getByRole('button', { name: 'Rediscover' }).click();
      const told = page.getByRole('status').filter({ hasText: `New: new-${round}.` });
      await expect(told).toContainText('Changed: kept.');
      await expect(told).toContainText(round === 1 ? 'Gone: old.' : `Gone: new-${round - 1}.`);
    }).toPass({ timeout: 120_000 });
    await expect(contexts.getByRole('row', { name: /^old/ })).toHaveCount(0);
    await page.goto(`${server.url}/settings`);
    await started(page);
    await expect(page.getByRole('article', { name: `new-${round}`, exact: true })).toBeVisible();
    await expect(page.getByRole('article', { name: 'kept', exact: true })).toBeVisible();
    await expect(page.getByRole('article', { name: 'old', exact: true })).toHaveCount(0);
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
});
