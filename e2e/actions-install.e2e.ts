import { expect } from '@playwright/test';
import { cardOf, readCard } from './journey/card.ts';
import { actionsOf, begin, dismiss, ended, openOperations, panelOf, prepare } from './journey/operation.ts';
import { test } from './journey/test.ts';
import { openWorld } from './journey/world.ts';

/** What was installed must be seen running before a card calls it healthy. */
const EFFECT_MS = 90_000;

test('installs all, redeploys and uninstalls, and each result is seen on the card', async ({ page }) => {
  await openWorld(page, 'nothing-deployed');
  const card = cardOf(page, 'fresh');
  const health = async () => (await readCard(card)).health;
  await expect.poll(health).toBe('Broken');
  const menu = await openOperations(page, 'fresh');
  const impossible = menu.getByRole('menuitem', { name: 'Uninstall…', exact: true });
  await expect(impossible).toBeDisabled();
  await expect(impossible).toHaveAccessibleDescription('Nothing is installed here.');
  await page.keyboard.press('Escape');
  await expect(menu).toHaveCount(0);

  await card.getByRole('button', { name: /^Install/ }).click();
  const install = page.getByRole('dialog', { name: 'Install on fresh' });
  const created = install.getByRole('region', { name: 'Will be created' });
  await expect(created).toContainText('Deployment meshplay/meshplay-operator');
  await created.getByText('Deployment meshplay/meshplay-operator').click();
  await expect(created.getByLabel('YAML of Deployment meshplay-operator')).toContainText('kind: Deployment');
  await begin(install, 'Install');
  await expect(panelOf(page, 'fresh').getByRole('listitem').first()).toBeVisible();
  const installed = await ended(page, 'fresh', /^Install/, 'Succeeded');
  await expect(installed).toContainText('Operator is DEPLOYED, MeshSync is CONNECTED, Broker is CONNECTED.');
  await expect.poll(health, { timeout: EFFECT_MS }).toBe('Healthy');
  await dismiss(page, 'fresh');

  const redeploy = await prepare(page, 'fresh', 'Redeploy');
  await expect(redeploy.getByRole('region').first()).toBeVisible();
  await begin(redeploy, 'Redeploy');
  await ended(page, 'fresh', /^Redeploy/, 'Succeeded');
  await dismiss(page, 'fresh');

  const uninstall = await prepare(page, 'fresh', 'Uninstall');
  await expect(uninstall.getByRole('region', { name: 'Will be removed' })).toContainText(
    'Deployment meshplay/meshplay-operator',
  );
  await uninstall.getByRole('checkbox', { name: /^The definitions/ }).check();
  await uninstall.getByRole('checkbox', { name: /^The namespace/ }).check();
  const start = uninstall.getByRole('button', { name: 'Uninstall', exact: true });
  await expect(start).toHaveAccessibleDescription('Type fresh above to confirm.');
  await expect(start).toBeDisabled();
  await uninstall.getByLabel('Type fresh to confirm').fill('Fresh');
  await expect(start).toBeDisabled();
  await uninstall.getByLabel('Type fresh to confirm').fill('fresh');
  await begin(uninstall, 'Uninstall');
  const removed = await ended(page, 'fresh', /^Uninstall/, 'Succeeded');
  await expect(removed).toContainText('Nothing of it is left.');
  await expect
    .poll(() => readCard(card), { timeout: EFFECT_MS })
    .toMatchObject({
      states: { Operator: 'NOTDEPLOYED', MeshSync: 'UNDEPLOYED', Broker: 'UNDEPLOYED' },
    });
  await dismiss(page, 'fresh');
  await expect(card.getByText('Operator, MeshSync and Broker are not deployed.')).toBeVisible();
});

test('says why an installation waits, lets it be cancelled, and offers to resume it', async ({ page }) => {
  await openWorld(page, 'image-pull-failing');
  const install = await prepare(page, 'no-image', 'Install');
  await begin(install, 'Install');
  const panel = panelOf(page, 'no-image');
  await expect(panel).toContainText('ImagePull', { timeout: EFFECT_MS });
  const reconnect = actionsOf(page, 'no-image').getByRole('button', { name: 'Reconnect' });
  await expect(reconnect).toBeDisabled();
  await expect(reconnect).toHaveAccessibleDescription(
    'Another operation runs here. Wait until it has ended, or cancel it.',
  );
  await expect(actionsOf(page, 'no-image').getByRole('button', { name: 'Test connectivity' })).toBeEnabled();
  await panel.getByRole('button', { name: /^Cancel / }).click();
  await ended(page, 'no-image', /^Install/, 'Cancelled');
  await expect(panel.getByRole('button', { name: /^Resume / })).toBeEnabled();
  await expect(reconnect).toBeEnabled();
  await panel.getByRole('button', { name: /^Resume / }).click();
  await expect(panel.getByRole('button', { name: /^Cancel / })).toBeVisible();
  await panel.getByRole('button', { name: /^Cancel / }).click();
  await ended(page, 'no-image', /^Install/, 'Cancelled');
  await dismiss(page, 'no-image');
});

test('does not release finalizers unasked: an uninstall fails in words, and a release mends it', async ({
  page,
}) => {
  await openWorld(page, 'stuck-terminating');
  const uninstall = await prepare(page, 'stuck', 'Uninstall');
  await uninstall.getByLabel('Type stuck to confirm').fill('stuck');
  await begin(uninstall, 'Uninstall');
  const failed = await ended(page, 'stuck', /^Uninstall/, 'Failed');
  await expect(failed).toContainText('stuck');
  await expect(failed).toContainText(/finalizer/i);
  await dismiss(page, 'stuck');

  const release = await prepare(page, 'stuck', 'Release finalizers');
  await release.getByLabel('Type stuck to confirm').fill('stuck');
  await begin(release, 'Release finalizers');
  await ended(page, 'stuck', /finalizers/i, 'Succeeded');
  await dismiss(page, 'stuck');
  await expect(
    cardOf(page, 'stuck').getByText(
      'The Operator is gone, and a resource waits for it to finish being deleted.',
    ),
  ).toHaveCount(0, { timeout: EFFECT_MS });
});

test('makes a binding anew that grants another role, only by Adopt and only when its name was typed', async ({
  page,
}) => {
  await openWorld(page, 'rights-of-another-hand');
  const install = await prepare(page, 'second-hand', 'Install');
  await expect(install).toContainText('Choose Adopt: it deletes and makes anew what its preview lists.');
  await expect(install.getByRole('button', { name: 'Install', exact: true })).toBeDisabled();
  await install.getByRole('button', { name: 'Close' }).click();

  const adopt = await prepare(page, 'second-hand', 'Adopt');
  await expect(adopt.getByRole('region', { name: 'Will be deleted and made anew' })).toContainText(
    'ClusterRoleBinding meshplay-operator-rolebinding',
  );
  await expect(adopt).toContainText('takes what was granted before away');
  await expect(adopt.getByRole('button', { name: 'Adopt', exact: true })).toBeDisabled();
  await adopt.getByLabel('Type second-hand to confirm').fill('second-hand');
  await begin(adopt, 'Adopt');
  await ended(page, 'second-hand', /^Adopt/, 'Succeeded');
  await expect
    .poll(async () => (await readCard(cardOf(page, 'second-hand'))).health, { timeout: EFFECT_MS })
    .toBe('Healthy');
});

test('adopts orphans, or cleans them up by an exact list', async ({ page }) => {
  await openWorld(page, 'orphaned-controllers');
  const adopt = await prepare(page, 'orphans', 'Adopt');
  await expect(adopt.getByRole('region', { name: 'Will be created' })).toContainText('Deployment');
  await begin(adopt, 'Adopt');
  await ended(page, 'orphans', /^Adopt/, 'Succeeded');
  await expect
    .poll(async () => (await readCard(cardOf(page, 'orphans'))).health, { timeout: EFFECT_MS })
    .toBe('Healthy');

  await openWorld(page, 'orphaned-controllers');
  const cleanUp = await prepare(page, 'orphans', 'Clean up orphans');
  const list = cleanUp.getByRole('region', { name: 'Will be removed' });
  await expect(list).toContainText('StatefulSet');
  await expect(list).toContainText('Broker');
  await expect(list).toContainText('MeshSync');
  await cleanUp.getByLabel('Type orphans to confirm').fill('orphans');
  await begin(cleanUp, 'Clean up orphans');
  await ended(page, 'orphans', /without Operator$/, 'Succeeded');
  await expect
    .poll(() => readCard(cardOf(page, 'orphans')), { timeout: EFFECT_MS })
    .toMatchObject({ states: { MeshSync: 'UNDEPLOYED', Broker: 'UNDEPLOYED' } });
});
