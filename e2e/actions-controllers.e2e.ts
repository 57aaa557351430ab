import type { Locator, Page } from '@playwright/test';
import { expect } from '@playwright/test';
import { cardOf, readCard } from './journey/card.ts';
import { begin, dismiss, ended, prepare } from './journey/operation.ts';
import { test } from './journey/test.ts';
import { openWorld } from './journey/world.ts';

/** What was installed must be seen running before a card says so. */
const EFFECT_MS = 120_000;
const CONTROLLERS = ['Operator', 'MeshSync', 'Broker'] as const;
type Controller = (typeof CONTROLLERS)[number];

/** Opens the dialog of an operation and leaves only one controller ticked. */
async function prepareOnly(page: Page, name: string, label: string, only: Controller): Promise<Locator> {
  const dialog = await prepare(page, name, label);
  for (const controller of CONTROLLERS) {
    const box = dialog.getByRole('group', { name: 'What' }).getByRole('checkbox', { name: controller });
    await box.setChecked(controller === only);
  }
  return dialog;
}

async function untilStates(page: Page, name: string, states: Record<string, string | RegExp>) {
  for (const [controller, state] of Object.entries(states)) {
    await expect
      .poll(async () => (await readCard(cardOf(page, name))).states[controller] ?? '', { timeout: EFFECT_MS })
      .toMatch(state);
  }
}

test('installs Operator, Broker and MeshSync one after the other, and nothing before its turn', async ({
  page,
}) => {
  await openWorld(page, 'nothing-deployed');
  await untilStates(page, 'fresh', { Operator: 'NOTDEPLOYED' });
  const early = await prepareOnly(page, 'fresh', 'Install', 'Broker');
  await expect(early.getByText(/^There is no Operator in namespace meshplay/).first()).toBeVisible();
  await expect(early.getByRole('button', { name: 'Install', exact: true })).toBeDisabled();
  await early.getByRole('button', { name: 'Close' }).click();
  await expect(early).toHaveCount(0);

  const steps = [
    { only: 'Operator', made: 'Deployment meshplay/meshplay-operator', states: { Operator: /^DEPLOYED/ } },
    { only: 'Broker', made: 'Broker meshplay/meshplay-broker', states: { Broker: 'CONNECTED' } },
    { only: 'MeshSync', made: 'MeshSync meshplay/meshplay-meshsync', states: { MeshSync: 'CONNECTED' } },
  ] as const;
  for (const { only, made, states } of steps) {
    const dialog = await prepareOnly(page, 'fresh', 'Install', only);
    const created = dialog.getByRole('region', { name: 'Will be created' });
    await expect(created).toContainText(made);
    for (const other of steps) if (other.only !== only) await expect(created).not.toContainText(other.made);
    await begin(dialog, 'Install');
    await ended(page, 'fresh', new RegExp(`^Install ${only}$`), 'Succeeded');
    await dismiss(page, 'fresh');
    await untilStates(page, 'fresh', states);
  }
  await expect
    .poll(async () => (await readCard(cardOf(page, 'fresh'))).health, { timeout: EFFECT_MS })
    .toBe('Healthy');
});

test('redeploys and uninstalls each of them alone, and leaves the others running', async ({ page }) => {
  await openWorld(page, 'healthy');
  await expect.poll(async () => (await readCard(cardOf(page, 'prod-eu-1'))).health).toBe('Healthy');
  for (const only of ['MeshSync', 'Operator'] as const) {
    await begin(await prepareOnly(page, 'prod-eu-1', 'Redeploy', only), 'Redeploy');
    const panel = await ended(page, 'prod-eu-1', new RegExp(`^Redeploy ${only}$`), 'Succeeded');
    await expect(panel).toContainText(new RegExp(`${only} is (DEPLOYED|CONNECTED)\\.`));
    await dismiss(page, 'prod-eu-1');
  }

  const gone = { MeshSync: 'UNDEPLOYED', Broker: 'UNDEPLOYED', Operator: 'NOTDEPLOYED' } as const;
  const left = {
    MeshSync: { Broker: /DEPLOYED|CONNECTED/ },
    Broker: { Operator: /^DEPLOYED/ },
    Operator: {},
  };
  for (const only of ['MeshSync', 'Broker', 'Operator'] as const) {
    const dialog = await prepareOnly(page, 'prod-eu-1', 'Uninstall', only);
    await dialog.getByLabel('Type prod-eu-1 to confirm').fill('prod-eu-1');
    await begin(dialog, 'Uninstall');
    await ended(page, 'prod-eu-1', new RegExp(`^Uninstall ${only}$`), 'Succeeded');
    await dismiss(page, 'prod-eu-1');
    await untilStates(page, 'prod-eu-1', { [only]: gone[only], ...left[only] });
  }
});

test('fails with the permission that is missing, before anything was changed', async ({ page }) => {
  await openWorld(page, 'forbidden');
  const dialog = await prepare(page, 'no-pods', 'Redeploy');
  await begin(dialog, 'Redeploy');
  const panel = await ended(page, 'no-pods', /^Redeploy/, 'Failed');
  await expect(panel).toContainText('This identity may not');
  await expect(panel).toContainText('pods');
  await expect(panel.getByRole('button', { name: /^Resume / })).toBeEnabled();
  await dismiss(page, 'no-pods');
});
