import { expect } from '@playwright/test';
import { cardOf, readCard } from './journey/card.ts';
import { begin, dismiss, ended, panelOf, prepare } from './journey/operation.ts';
import { startSandboxServer } from './journey/server.ts';
import { test } from './journey/test.ts';
import { started } from './journey/world.ts';

/** What was installed must be seen running before a card calls it healthy. */
const EFFECT_MS = 90_000;

test('an installation goes on while the page is loaded anew, and its result is there', async ({ page }) => {
  const server = await startSandboxServer('nothing-deployed');
  try {
    await page.goto(`${server.url}/settings`);
    await started(page);
    const install = await prepare(page, 'fresh', 'Install');
    await begin(install, 'Install');
    await expect(panelOf(page, 'fresh')).toHaveAccessibleName(/^Install/);
    await page.reload();
    await started(page);
    const result = await ended(page, 'fresh', /^Install/, 'Succeeded');
    await expect(result).toContainText('Operator is DEPLOYED, MeshSync is CONNECTED, Broker is CONNECTED.');
    await expect
      .poll(async () => (await readCard(cardOf(page, 'fresh'))).health, { timeout: EFFECT_MS })
      .toBe('Healthy');
    await page.reload();
    await started(page);
    await ended(page, 'fresh', /^Install/, 'Succeeded');
    await dismiss(page, 'fresh');
    await page.reload();
    await started(page);
    await expect(cardOf(page, 'fresh')).toBeVisible();
    await expect(panelOf(page, 'fresh')).toHaveCount(0);
  } finally {
    await server.stop();
  }
});

test('of two people who press at once one is told what runs, and that a person started it', async ({
  page,
  context,
}) => {
  const server = await startSandboxServer('image-pull-failing');
  try {
    const other = await context.newPage();
    for (const one of [page, other]) {
      await one.goto(`${server.url}/settings`);
      await started(one);
    }
    const mine = await prepare(page, 'no-image', 'Install');
    const theirs = await prepare(other, 'no-image', 'Install');
    const press = theirs.getByRole('button', { name: 'Install', exact: true });
    await expect(press).toBeEnabled();
    await begin(mine, 'Install');
    await press.click();
    const refusal = theirs.getByRole('alert');
    await expect(refusal).toContainText('It did not start.');
    await expect(refusal).toContainText('already runs here');
    await expect(refusal).toContainText('Installing all, started by');
    await theirs.getByRole('button', { name: 'Close' }).click();

    // The other page follows the same operation, and may stop it.
    await panelOf(other, 'no-image')
      .getByRole('button', { name: /^Cancel / })
      .click();
    await ended(page, 'no-image', /^Install/, 'Cancelled');
    await ended(other, 'no-image', /^Install/, 'Cancelled');
  } finally {
    await server.stop();
  }
});
