/** The guide’s three synthetic checks, and what a person does with the data, in Chromium on the real parts. */
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect as unbound, type Locator } from '@playwright/test';
import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { type OpenBrowser, startBrowser } from './harness/page.ts';
import { waitFor } from './harness/poll.ts';
import { type Product, startProduct } from './harness/product.ts';
import { startWorld, type World } from './harness/world.ts';

/** The product needs a second or two for each of these; a loaded machine gets many times that. */
const expect = unbound.configure({ timeout: 90_000 });
const CONFIGMAPS = '/api/v1/namespaces/default/configmaps';

let world: World;
let product: Product;
let browser: OpenBrowser;
let page: Page;
let dataFolder: string;
let name: string;

beforeAll(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), 'data-page-'));
  world = await startWorld({ family: 'meshery', generation: 'new' });
  product = await startProduct({ kubeconfigPath: world.controlPlane.kubeconfigPath, dataFolder });
  browser = await startBrowser();
  ({ page } = await browser.open(product.url));
  page.setDefaultTimeout(60_000);
}, 240_000);

afterAll(async () => {
  await browser.close();
  await product.stop();
  await world.stop();
  await rm(dataFolder, { recursive: true, force: true });
}, 60_000);

// One after the other: each begins with what the one before left behind.
describe('an empty database', () => {
  it('shows the main cluster’s node, read live, says that MeshSync has sent nothing, and what to do', async () => {
    const { value } = await waitFor(
      'the cluster is known',
      async () => (await product.connections()).find(({ health }) => health !== 'unknown'),
      { timeoutMs: 90_000 },
    );
    name = value.name;
    const { items } = await world.controlPlane.api.list('/api/v1/nodes');
    const [node] = items;
    await goTo('/resources');
    await expect(page.getByText('The database is empty: MeshSync has sent nothing yet.')).toBeVisible();
    await expect(page.getByText('1 object, read live')).toBeVisible();
    await expect(rows()).toHaveCount(1);
    await rows().getByRole('button').click();
    const detail = page.getByRole('dialog', { name: `Node ${node?.metadata.name}` });
    await expect(detail.getByText(/^read live from the cluster just now/)).toBeVisible();
    await expect(yamlIn(detail)).toContainText(node?.metadata.uid ?? 'the uid of the node');
    await detail.getByRole('button', { name: 'Close' }).click();
    await expect(mark()).toHaveText('MeshSync not connected');
    await expect(pulsing()).toHaveCount(0);
    await page.getByRole('main').getByRole('link', { name: 'Reconnect' }).click();
    await expect(page.getByRole('dialog', { name: `Details of ${name}` })).toBeVisible();
  }, 200_000);
});

describe('the MeshSync mark', () => {
  it('pulses when data arrives, rests while the cluster is disconnected, and pulses again after', async () => {
    await goTo('/settings');
    await world.install();
    await expectPulse();
    await choose('Disconnect…');
    const leave = page.getByRole('dialog', { name: `Disconnect ${name}` });
    await leave.getByRole('button', { name: 'Disconnect' }).click();
    await expect(leave).toHaveCount(0);
    await expect(mark()).toHaveText(/^MeshSync(?: not connected|: no cluster yet)$/);
    await expect(pulsing()).toHaveCount(0);
    // MeshSync goes on publishing what changes, and none of it reaches this server.
    await changeSomething('while-disconnected');
    await expect(pulsing()).toHaveCount(0);
    await choose('Connect again');
    await expectPulse();
  }, 300_000);

  it('rests while the Broker is gone, and pulses once it is back', async () => {
    await world.broker.kill();
    await expect(mark()).toHaveText(/^MeshSync(?: not connected|: no messages arrive)$/);
    await expect(pulsing()).toHaveCount(0);
    await world.broker.start();
    await world.untilConnected();
    await expectPulse();
  }, 300_000);
});

describe('resources', () => {
  it('are searched and narrowed by address, and open with their YAML', async () => {
    const { api } = world.controlPlane;
    for (const shelf of ['one', 'two', 'three'])
      await api.create(CONFIGMAPS, { metadata: { name: `shelf-${shelf}`, labels: { aisle: `a-${shelf}` } } });
    await api.create(CONFIGMAPS, {
      metadata: { name: 'shelf-four', labels: { aisle: 'needle' } },
      data: { book: 'moby-dick' },
    });
    const { metadata } = await api.get(`${CONFIGMAPS}/shelf-four`);
    await goTo('/resources?kinds=ConfigMap&namespaces=default&q=shelf');
    await expect(rows()).toHaveCount(4);
    await expect(page.getByRole('checkbox', { name: /^ConfigMap / })).toBeChecked();
    await expect(page.getByRole('checkbox', { name: /^default / })).toBeChecked();
    await page.getByRole('searchbox', { name: 'Search names and labels' }).fill('needle');
    await expect(rows()).toHaveCount(1);
    await expect(page).toHaveURL(/[?&]q=needle/);
    await page.reload();
    await expect(rows()).toHaveCount(1);
    await rows().getByRole('button', { name: 'shelf-four' }).click();
    const detail = page.getByRole('dialog', { name: 'ConfigMap shelf-four' });
    await expect(yamlIn(detail)).toContainText('book: moby-dick');
    await expect(yamlIn(detail)).toContainText(metadata.uid ?? 'the uid of the object');
    await detail.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('checkbox', { name: /^ConfigMap / }).uncheck();
    await page.getByRole('checkbox', { name: /^default / }).uncheck();
    await page.getByRole('searchbox', { name: 'Search names and labels' }).fill('nothing-is-called-this');
    await expect(page.getByText('Nothing matches these filters.')).toBeVisible();
    await page.getByRole('button', { name: 'Show everything' }).click();
    await expect(rows().nth(5)).toBeVisible();
    // What goes in the cluster goes here.
    await goTo('/resources?q=needle');
    await expect(rows()).toHaveCount(1);
    await api.remove(`${CONFIGMAPS}/shelf-four`);
    await expect(page.getByText('Nothing matches these filters.')).toBeVisible();
  }, 200_000);
});

describe('the synthetic test', () => {
  it('shows a waterfall of every hop, keeps the run, and is scheduled', async () => {
    await goTo('/settings');
    const card = page.getByRole('article');
    await card.getByRole('button', { name: 'Synthetic test' }).click();
    const waterfall = card.getByRole('table', { name: 'How long the change took to each hop' });
    await expect(waterfall.getByRole('row')).toHaveCount(6);
    await expect(waterfall.getByText(/^[\d.]+ m?s$/)).toHaveCount(6);
    await expect(card.getByText(/^A change in the cluster arrives in the database/)).toBeVisible();
    await card.getByRole('button', { name: /^Dismiss the result of / }).click();

    await goTo('/resources');
    await page.getByRole('button', { name: 'Freshness and comparison' }).click();
    await expect(page.getByText('1 of 1 run succeeded.')).toBeVisible();
    await expect(page.getByRole('img', { name: /^End to end: now [\d,]+ ms/ })).toBeVisible();
    const schedule = page.getByRole('combobox', { name: /^Runs by itself/ });
    await schedule.selectOption({ label: 'every 5 min' });
    await expect(page.getByText(/^Next: in [45] min/)).toBeVisible();
    await schedule.selectOption({ label: 'off' });
    await expect(page.getByText(/^Next:/)).toHaveCount(0);
  }, 200_000);
});

describe('the database', () => {
  it('is flushed, reset and restored, and its rows come back each time', async () => {
    await goTo('/database');
    await expect(page.getByText('Works', { exact: true })).toBeVisible();
    await page.getByRole('button', { name: 'Flush and re-sync' }).click();
    await confirm(page.getByRole('dialog', { name: `Flush and re-sync on ${name}` }), name);
    await expect(ended('Flush and re-sync the data of this connection')).toBeVisible();
    await expectRows();

    await page.getByRole('button', { name: 'Reset', exact: true }).click();
    await confirm(page.getByRole('dialog', { name: 'Reset the database' }), 'database');
    await expect(ended('Reset the database')).toBeVisible();
    await expectRows();

    const restore = page.getByRole('button', { name: /^Restore / });
    await expect(restore).toHaveCount(1);
    await restore.click();
    await confirm(page.getByRole('dialog', { name: 'Restore the database' }), 'database');
    await expect(ended('Restore the database')).toBeVisible();
    await expectRows();
  }, 300_000);
});

describe('a corrupt database', () => {
  it('raises an error that leads to Settings → Database, where one button resets it', async () => {
    await product.stop();
    const file = await open(join(dataFolder, 'cache.db'), 'r+');
    await file.write(Buffer.alloc(64 * 1024, 'this is no database '), 0);
    await file.close();
    product = await startProduct({ kubeconfigPath: world.controlPlane.kubeconfigPath, dataFolder });
    await goTo('/settings');
    const snackbar = page.getByRole('alert').filter({ hasText: 'The database has a problem.' });
    await expect(snackbar).toBeVisible();
    await snackbar.getByRole('link', { name: 'Settings → Database' }).click();
    await expect(page).toHaveURL(/\/database/);
    await expect(page.getByText('Not written', { exact: true })).toBeVisible();
    await page.getByRole('main').getByRole('button', { name: 'Reset the database' }).click();
    await confirm(page.getByRole('dialog', { name: 'Reset the database' }), 'database');
    await expect(ended('Reset the database')).toBeVisible();
    await expect(page.getByText('Works', { exact: true })).toBeVisible();
    await expectRows();
    // The damaged file stays, and putting it back would not help.
    const restore = page.getByRole('button', { name: /^Restore .*corrupt/ });
    await expect(restore).toBeDisabled();
    // Connections and credentials were never touched.
    await goTo('/settings');
    await expect(page.getByRole('article', { name, exact: true })).toBeVisible();
  }, 300_000);
});

describe('a schedule', () => {
  it('is kept over a restart of the server, and runs the synthetic test by the clock', async () => {
    const [connection] = await product.connections();
    if (connection === undefined) throw new Error('there is no connection');
    await product.call('syntheticSchedule', {
      params: { connectionId: connection.id },
      body: { everyMinutes: 1 },
    });
    await product.stop();
    product = await startProduct({ kubeconfigPath: world.controlPlane.kubeconfigPath, dataFolder });
    await goTo('/resources');
    await page.getByRole('button', { name: 'Freshness and comparison' }).click();
    await expect(page.getByRole('combobox', { name: /^Runs by itself/ })).toHaveValue('1');
    await expect(page.getByText('2 of 2 runs succeeded.')).toBeVisible({ timeout: 240_000 });
    await expect(page.getByRole('img', { name: /over the last 2 successful runs$/ })).toBeVisible();
    const { items } = await world.controlPlane.api.list(
      '/api/v1/configmaps?labelSelector=meshplay-troubleshooter/synthetic',
    );
    expect(items).toEqual([]);
  }, 300_000);
});

async function goTo(path: string): Promise<void> {
  await page.goto(`${product.url}${path}`);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
}

function rows(): Locator {
  return page.getByRole('table', { name: 'Objects' }).getByRole('rowgroup').last().getByRole('row');
}

function yamlIn(detail: Locator): Locator {
  return detail.getByLabel('YAML', { exact: true });
}

function mark(): Locator {
  return page.getByRole('banner').getByRole('status');
}

function pulsing(): Locator {
  return page.getByRole('banner').locator('.is-pulsing');
}

/** Changes the cluster until the mark pulses: a real one is never quite still, this one is between two tests. */
async function expectPulse(): Promise<void> {
  let round = 0;
  await expect
    .poll(
      async () => {
        round += 1;
        await changeSomething(`beat-${round}`);
        return pulsing().count();
      },
      { intervals: [150], timeout: 120_000 },
    )
    .toBe(1);
  await expect(mark()).toHaveText('MeshSync messages arrive');
  // No pulse from memory: once nothing arrives it is at rest.
  await expect(pulsing()).toHaveCount(0);
}

async function changeSomething(value: string): Promise<void> {
  const { api } = world.controlPlane;
  const path = `${CONFIGMAPS}/heart`;
  if ((await api.find(path)) === undefined) await api.create(CONFIGMAPS, { metadata: { name: 'heart' } });
  await api.patch(path, { data: { value } });
}

async function choose(item: string): Promise<void> {
  await page
    .getByRole('article')
    .getByRole('button', { name: `More about ${name}` })
    .click();
  await page.getByRole('menuitem', { name: item, exact: true }).click();
}

/** Types the name a destructive operation asks for, and begins. */
async function confirm(dialog: Locator, word: string): Promise<void> {
  await dialog.getByRole('textbox').fill(word);
  const begin = dialog.getByRole('button', { name: /^(?:Flush|Reset|Restore)/ });
  await expect(begin).toBeEnabled();
  await begin.click();
  await expect(dialog).toHaveCount(0);
}

function ended(operation: string): Locator {
  return page.getByText(new RegExp(`${operation}: succeeded`));
}

/** The database panel counts at least as many rows as the cluster has ConfigMaps. */
async function expectRows(): Promise<void> {
  const { items } = await world.controlPlane.api.list('/api/v1/configmaps');
  await expect
    .poll(async () => {
      const texts = await page
        .getByRole('definition')
        .filter({ hasText: /^[\d,]+ rows?$/ })
        .allTextContents();
      return Number.parseInt((texts[0] ?? '0').replaceAll(',', ''), 10);
    })
    .toBeGreaterThanOrEqual(items.length);
}
