import type { Page } from '@playwright/test';
import { expect } from '@playwright/test';
import { cardOf, choose, readCard } from './journey/card.ts';
import { actionsOf } from './journey/operation.ts';
import { test } from './journey/test.ts';
import { openWorld } from './journey/world.ts';

/** What is asked of a cluster takes simulated time too. */
const EFFECT_MS = 120_000;

/** Asks for a move as any client would; gives status and body of the answer. */
async function ask(page: Page, name: string, to: string) {
  return page.evaluate(
    async ({ wanted, state }) => {
      const list: { items: { id: string; name: string }[] } = await (
        await fetch(`/api/connections?name=${wanted}`)
      ).json();
      const id = list.items.find((one) => one.name === wanted)?.id ?? '';
      const reply = await fetch(`/api/connections/${id}/lifecycle`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ to: state }),
      });
      const body: unknown = await reply.json();
      return { status: reply.status, body };
    },
    { wanted: name, state: to },
  );
}

test('ignores a connection: what still works is said, what does not says why, and it is taken back', async ({
  page,
}) => {
  await openWorld(page, 'healthy');
  const card = cardOf(page, 'staging');
  const health = async () => (await readCard(card)).health;
  await expect.poll(health).toBe('Healthy');
  await choose(page, 'staging', 'Ignore');
  await expect(card).toContainText('Ignored by you.');
  await expect(card).toContainText('It can be taken back or deleted');

  const actions = actionsOf(page, 'staging');
  for (const name of ['Test connectivity', 'Synthetic test', 'Reconnect']) {
    const button = actions.getByRole('button', { name });
    await expect(button).toBeDisabled();
    await expect(button).toHaveAccessibleDescription(
      'staging is ignored, so its cluster is left alone. Choose “Connect again” first.',
    );
  }
  await card.getByRole('button', { name: 'More about staging' }).click();
  const menu = page.getByRole('menu');
  await expect(menu.getByRole('menuitem', { name: 'Look again' })).toBeDisabled();
  const maintain = menu.getByRole('menuitem', { name: 'Put into maintenance' });
  await expect(maintain).toBeDisabled();
  await expect(maintain).toHaveAccessibleDescription(
    'staging is ignored: from there it may only become registered or deleted.',
  );
  await page.keyboard.press('Escape');
  await expect(menu).toHaveCount(0);
  expect(await ask(page, 'staging', 'maintenance')).toMatchObject({
    status: 409,
    body: { code: 'conflict', field: 'to', allowed: ['registered', 'deleted'] },
  });

  await card.getByRole('button', { name: 'Connect again' }).click();
  await expect.poll(health, { timeout: EFFECT_MS }).toBe('Healthy');
  await expect(actions.getByRole('button', { name: 'Reconnect' })).toBeEnabled();
});

test('goes every way that is allowed, and refuses each that is not with what would be', async ({ page }) => {
  await openWorld(page, 'healthy');
  const card = cardOf(page, 'prod-eu-1');
  await expect.poll(async () => (await readCard(card)).health).toBe('Healthy');
  const told = async (to: string) => (await ask(page, 'prod-eu-1', to)).body;
  const connected = ['disconnected', 'ignored', 'maintenance', 'deleted'];
  for (const to of ['discovered', 'registered', 'not found']) {
    expect(await told(to)).toMatchObject({ code: 'conflict', allowed: connected });
  }
  expect(await told('connected')).toMatchObject({ lifecycle: 'connected' });

  await choose(page, 'prod-eu-1', 'Put into maintenance');
  await expect(card).toContainText('In maintenance.');
  const maintained = ['registered', 'connected', 'ignored'];
  for (const to of ['disconnected', 'deleted', 'discovered', 'not found']) {
    expect(await told(to)).toMatchObject({ code: 'conflict', allowed: maintained });
  }
  await choose(page, 'prod-eu-1', 'Ignore');
  await expect(card).toContainText('Ignored by you.');
  for (const to of ['connected', 'disconnected', 'maintenance']) {
    expect(await told(to)).toMatchObject({ code: 'conflict', allowed: ['registered', 'deleted'] });
  }
  await choose(page, 'prod-eu-1', 'Connect again');
  await expect.poll(async () => (await readCard(card)).health, { timeout: EFFECT_MS }).toBe('Healthy');

  await choose(page, 'prod-eu-1', 'Disconnect…');
  const leave = page.getByRole('dialog', { name: 'Disconnect prod-eu-1' });
  await leave.getByRole('button', { name: 'Disconnect' }).click();
  await expect(card).toContainText('Disconnected by you.');
  for (const to of ['ignored', 'maintenance', 'registered']) {
    expect(await told(to)).toMatchObject({ code: 'conflict', allowed: ['connected', 'deleted'] });
  }
  await choose(page, 'prod-eu-1', 'Delete…');
  const remove = page.getByRole('dialog', { name: 'Delete prod-eu-1' });
  const uninstall = remove.getByRole('radio', { name: /^Uninstall it first/ });
  await uninstall.check();
  await expect(remove.getByRole('button', { name: 'Delete' })).toBeDisabled();
  await remove.getByRole('radio', { name: 'Leave it running' }).check();
  await remove.getByRole('button', { name: 'Delete' }).click();
  await expect(card).toHaveCount(0);
  await expect(page.getByRole('article')).toHaveCount(2);
});

test('gives a connection another name, which no other may have', async ({ page }) => {
  await openWorld(page, 'healthy');
  await expect(cardOf(page, 'staging')).toBeVisible();
  await choose(page, 'staging', 'Rename…');
  const dialog = page.getByRole('dialog', { name: 'Rename staging' });
  const rename = dialog.getByRole('button', { name: 'Rename' });
  await expect(rename).toHaveAccessibleDescription('It is called so already.');
  await dialog.getByLabel('Name').fill('prod-us-1');
  await rename.click();
  await expect(page.getByText('Another connection is called prod-us-1.')).toBeVisible();
  await dialog.getByLabel('Name').fill('the small one');
  await rename.click();
  await expect(dialog).toHaveCount(0);
  await expect(cardOf(page, 'the small one')).toBeVisible();
  await expect(cardOf(page, 'staging')).toHaveCount(0);
  await expect(actionsOf(page, 'the small one').getByRole('button', { name: 'Reconnect' })).toBeEnabled();
});
