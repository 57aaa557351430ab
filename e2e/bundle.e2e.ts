import { expect } from '@playwright/test';
import { cardOf, openDetails, readCard } from './journey/card.ts';
import { goTo } from './journey/go.ts';
import { test } from './journey/test.ts';
import { openWorld } from './journey/world.ts';

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
  await expect(page.getByRole('alert')).toContainText('A bundle is the file that');
  await picker.setInputFiles(path);
  await expect(page.getByText(/^Read-only, taken at /)).toBeVisible();
  const opened = await readCard(card);
  expect(opened.health).toBe(before.health);
  expect(opened.states).toEqual(before.states);
  await expect(
    card.getByRole('heading', { name: 'MeshSync or Broker are orphaned: they run without an Operator.' }),
  ).toBeVisible();
  await expect(card.getByRole('button')).toHaveCount(0);

  await page.getByRole('button', { name: 'Close the bundle' }).click();
  await expect(page.getByRole('heading', { name: 'Make a bundle' })).toBeVisible();
});
