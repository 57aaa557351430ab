import { readFile } from 'node:fs/promises';
import { expect } from '@playwright/test';
import { cardOf, openDetails, readCard } from './journey/card.ts';
import { goTo } from './journey/go.ts';
import { expectAccessible } from './journey/quality.ts';
import { test } from './journey/test.ts';
import { openWorld, started } from './journey/world.ts';

const READ_ONLY = /^Bundle of .*, read-only\.$/;

test('the logs of the controllers are read', async ({ page }) => {
  await openWorld(page, 'meshsync-not-connected');
  const drawer = await openDetails(page, 'unlinked', 'Logs');
  await expect(
    drawer.getByRole('list', { name: 'Log of Operator' }).getByRole('listitem').first(),
  ).toBeVisible();
  await drawer.getByRole('combobox', { name: 'Controller' }).selectOption('MeshSync');
  const log = drawer.getByRole('list', { name: 'Log of MeshSync' });
  await expect(log.getByRole('listitem').first()).toBeVisible();
  await expect(drawer.getByText(/^kubectl logs /)).toBeVisible();
  await expect(page).toHaveURL(/[?&]tab=logs/);

  await drawer.getByRole('searchbox', { name: 'Filter' }).fill('words no log holds');
  await expect(drawer.getByText('No line holds the words of the filter.')).toBeVisible();
});

test('a bundle is previewed, saved, and opened again with the same cards, read-only', async ({
  page,
}, info) => {
  await openWorld(page, 'orphaned-controllers');
  const card = cardOf(page, 'orphans');
  await expect.poll(async () => (await readCard(card)).health).toBe('Needs attention');
  const before = await readCard(card);

  await goTo(page, 'Bundle');
  const save = page.getByRole('button', { name: 'Save it' });
  await expect(save).toBeDisabled();
  await page.getByRole('button', { name: 'See what it holds' }).click();
  const holds = page.getByRole('table', { name: 'What the bundle holds' });
  for (const part of ['states and findings', 'evidence', 'logs', 'events']) {
    await expect(holds.getByRole('row', { name: new RegExp(`^${part} `) })).toBeVisible();
  }
  const downloading = page.waitForEvent('download');
  await save.click();
  const download = await downloading;
  const path = info.outputPath(download.suggestedFilename());
  await download.saveAs(path);

  const picker = page.getByLabel('Bundle file');
  await picker.setInputFiles({ name: 'wrong.json', mimeType: 'application/json', buffer: Buffer.from('{') });
  await expect(page.getByRole('alert')).toContainText('wrong.json is not JSON');
  const broken = brokenCopy(await readFile(path, 'utf8'));
  await picker.setInputFiles({
    name: 'broken.json',
    mimeType: 'application/json',
    buffer: Buffer.from(broken),
  });
  await expect(page.getByRole('alert')).toContainText(
    'broken.json is damaged: its field connections.0.evidence.link.messages is not as it should be',
  );

  await picker.setInputFiles(path);
  await expect(page.getByText(READ_ONLY)).toBeVisible();
  await expect(page).toHaveURL(/\/settings\?bundle=last/);
  const opened = await readCard(card);
  expect(opened.health).toBe(before.health);
  expect(opened.states).toEqual(before.states);
  expect(opened.hops).toEqual(before.hops);
  expect(opened.brokenAfter).toEqual(before.brokenAfter);
  await expect(
    card.getByText('MeshSync or Broker are orphaned: they run without an Operator.'),
  ).toBeVisible();
  await expect(card.getByRole('button', { name: /Redeploy|Reconnect|Adopt/ })).toHaveCount(0);
});

test('an open bundle outlives a reload, shows its details read-only, and is gone when it is closed', async ({
  page,
}) => {
  await openWorld(page, 'orphaned-controllers', '/bundle');
  const buffer = Buffer.from(await page.evaluate(async () => (await fetch('/api/bundle')).text()));
  await page
    .getByLabel('Bundle file')
    .setInputFiles({ name: 'case.json', mimeType: 'application/json', buffer });
  await expect(page.getByText(READ_ONLY)).toBeVisible();
  await page.reload();
  await started(page);
  await expect(page.getByText(READ_ONLY)).toBeVisible();

  const card = cardOf(page, 'orphans');
  await card.getByRole('button', { name: 'Why? Findings of orphans' }).click();
  const drawer = page.getByRole('dialog', { name: 'Details of orphans' });
  await expect(drawer.getByText('Root cause', { exact: true })).toBeVisible();
  await expect(drawer.getByText('(where the connection is live)').first()).toBeVisible();
  await drawer.getByRole('tab', { name: 'Evidence' }).click();
  await expect(drawer.getByRole('heading', { name: 'Workloads' })).toBeVisible();
  await drawer.getByRole('tab', { name: 'Logs' }).click();
  await expect(
    drawer.getByRole('list', { name: 'Lines of MeshSync' }).getByRole('listitem').first(),
  ).toBeVisible();
  await drawer.getByRole('button', { name: 'Close' }).click();

  await page.getByRole('button', { name: 'Close the bundle' }).click();
  await expect(page.getByText(READ_ONLY)).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Test connectivity' }).first()).toBeVisible();
  await page.goBack();
  await expect(page.getByRole('alert')).toContainText('keeps no bundle any more');
});

test('the page of a bundle has no axe violation, and does not scroll sideways on a telephone', async ({
  page,
}) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await openWorld(page, 'orphaned-controllers', '/settings?bundle=/api/bundle');
  await expect(page.getByText(READ_ONLY)).toBeVisible();
  await expectAccessible(page, 'the page of a bundle');
});

/** The same bundle with one number of its evidence replaced by a word. */
function brokenCopy(text: string): string {
  const bundle: { connections: { evidence: { link: { messages: unknown } } }[] } = JSON.parse(text);
  const [connection] = bundle.connections;
  if (connection === undefined) throw new Error('the bundle has no connection');
  connection.evidence.link.messages = 'many';
  return JSON.stringify(bundle);
}

test('a bundle is dropped anywhere on the page, or named by an address of this server only', async ({
  page,
}) => {
  await openWorld(page, 'healthy', '/errors');
  const bundle = await page.evaluate(async () => (await fetch('/api/bundle?logs=false')).text());
  const drop = async (name: string, text: string) => {
    const files = await page.evaluateHandle(
      ([fileName, content]) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([content], fileName, { type: 'application/json' }));
        return transfer;
      },
      [name, text] as const,
    );
    await page.getByRole('heading', { level: 1 }).dispatchEvent('drop', { dataTransfer: files });
  };
  await drop('kubeconfig.yaml', 'apiVersion: v1');
  await expect(page.getByRole('alert')).toContainText('kubeconfig.yaml is not JSON');
  await drop('case.json', bundle);
  await expect(page).toHaveURL(/\/settings\?bundle=last/);
  await expect(page.getByText(READ_ONLY)).toBeVisible();
  await expect(cardOf(page, 'staging').getByText('Read-only')).toBeVisible();

  await openWorld(page, 'healthy', '/settings?bundle=/api/bundle');
  await expect(page.getByText(READ_ONLY)).toBeVisible();
  await openWorld(
    page,
    'healthy',
    `/settings?bundle=${encodeURIComponent('https://elsewhere.example/case.json')}`,
  );
  await expect(page.getByRole('alert')).toContainText(
    'only from this server itself, not from elsewhere.example',
  );
  await page.getByRole('button', { name: 'Back to the live connections' }).click();
  await expect(cardOf(page, 'staging').getByRole('button', { name: 'Test connectivity' })).toBeVisible();
});
