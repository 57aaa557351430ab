import type { Locator, Page } from '@playwright/test';
import { expect } from '@playwright/test';
import { cardOf, readCard } from './journey/card.ts';
import { goTo } from './journey/go.ts';
import { test } from './journey/test.ts';
import { openWorld } from './journey/world.ts';

/** A synthetic test gives each hop its time before it calls it silent. */
const SYNTHETIC_MS = 90_000;
/** Operators take simulated time to deploy, and MeshSync to send. */
const MENDED_MS = 150_000;

test('a synthetic test shows the time of every hop, or the first that did not answer', async ({ page }) => {
  await openWorld(page, 'healthy');
  const well = await startSynthetic(page, 'staging');
  await expect(well.getByText(/Synthetic test: succeeded/)).toBeVisible({ timeout: SYNTHETIC_MS });
  const hops = well.getByRole('table', { name: 'How long the change took to each hop' });
  for (const hop of [
    'The API server accepted the change',
    'Seen on the Broker',
    'Understood',
    'In the database',
    'An update arrived',
    'The deletion arrived',
  ]) {
    await expect(hops.getByRole('row', { name: new RegExp(`^${hop} [\\d.]+ m?s$`) })).toBeVisible();
  }
  await well.getByRole('button', { name: 'Dismiss the result of Synthetic test' }).click();
  await expect(well).toHaveCount(0);

  await openWorld(page, 'meshsync-not-connected');
  const silent = await startSynthetic(page, 'unlinked');
  await expect(silent.getByText(/Synthetic test: failed/)).toBeVisible({ timeout: SYNTHETIC_MS });
  await expect(
    silent.getByRole('row', { name: /^The API server accepted the change [\d.]+ m?s$/ }),
  ).toBeVisible();
  await expect(silent.getByRole('row', { name: 'Seen on the Broker never seen' })).toBeVisible();
  await expect(silent.getByText(/^Look at MeshSync and the Broker/)).toBeVisible();
});

async function startSynthetic(page: Page, name: string): Promise<Locator> {
  const card = cardOf(page, name);
  await card.getByRole('button', { name: 'Synthetic test', exact: true }).click();
  return card.getByRole('region', { name: 'Synthetic test' });
}

test('a connectivity test says what works, names one root cause, and what is missing', async ({ page }) => {
  await openWorld(page, 'healthy');
  const well = await startTest(page, 'staging');
  const summary = well.locator('.check-summary');
  await expect(summary).toHaveText(/^\d+ passed/);
  await expect(summary).not.toContainText('failed');
  await expect(well.getByText(/^Root cause/)).toHaveCount(0);
  for (const suite of ['Kubernetes', 'Operator', 'Broker', 'MeshSync', 'Server and database']) {
    await expect(well.getByRole('region', { name: suite })).toBeVisible();
  }

  await openWorld(page, 'api-unreachable');
  const unreachable = await startTest(page, 'unreachable');
  await expect(unreachable.getByText(/^Root cause: “Its port accepts connections” failed/)).toBeVisible();
  await expect(unreachable.getByText(/^\d+ checks were not evaluated because of it\.$/)).toBeVisible();
  const broker = unreachable.getByRole('region', { name: 'Broker' });
  const because = broker.getByText('not evaluated because of: Its port accepts connections').first();
  await expect(because).toBeHidden();
  await broker.getByText(/^\d+ not evaluated$/).click();
  await expect(because).toBeVisible();
  await unreachable.getByRole('button', { name: 'Run again' }).click();
  await expect(unreachable.getByText(/^Root cause: “Its port accepts connections” failed/)).toBeVisible();

  await openWorld(page, 'forbidden');
  const forbidden = await startTest(page, 'no-pods');
  await expect(
    forbidden.getByText(/^Root cause: “It may watch Operator, MeshSync and Broker” failed: .*watch pods/),
  ).toBeVisible();
  const role = forbidden.getByText(/kind: ClusterRole/).first();
  await expect(role).toContainText('resources: ["pods"]');
  await expect(role).toContainText('verbs: [get, list, watch]');
  await expect(forbidden.getByRole('button', { name: 'Copy the Role' }).first()).toBeVisible();

  await forbidden.getByRole('link', { name: 'About kubernetes-may-watch' }).click();
  await expect(page).toHaveURL(/\/errors\/kubernetes-may-watch/);
  await expect(forbidden).toHaveCount(0);
  await expect(page.getByRole('heading', { name: 'Permissions for watching are missing' })).toBeVisible();
});

test('the results of a test are shown as they come', async ({ page }) => {
  await openWorld(page, 'api-unreachable');
  const panel = await startTest(page, 'black-hole');
  // The API server of this one never answers: until its limits have passed, what needs no cluster stands there already.
  await expect(panel.getByText(/^[1-9]\d* of \d+ checked$/)).toBeVisible();
  const server = panel.getByRole('region', { name: 'Server and database' });
  await expect(
    server.getByRole('listitem').filter({ hasText: 'This server is not overloaded' }),
  ).toContainText(/event loop/);
  await expect(panel.getByText(/^Root cause: “Its certificate is valid” failed/)).toBeVisible();
});

async function startTest(page: Page, name: string): Promise<Locator> {
  await cardOf(page, name).getByRole('button', { name: 'Test connectivity' }).click();
  return page.getByRole('dialog', { name: `Test of ${name}` });
}

test('the remedy offered for orphaned controllers mends them', async ({ page }) => {
  await openWorld(page, 'orphaned-controllers');
  const card = cardOf(page, 'orphans');
  const cause = card.getByText('MeshSync or Broker are orphaned: they run without an Operator.', {
    exact: true,
  });
  await expect(cause).toBeVisible();
  await card.getByRole('button', { name: 'Deploy an Operator that adopts them' }).click();
  const dialog = page.getByRole('dialog');
  const begin = dialog.getByRole('button', { name: 'Adopt', exact: true });
  // What would change is asked of the cluster first.
  await expect(begin).toBeEnabled({ timeout: MENDED_MS });
  await begin.click();
  await expect(dialog).toHaveCount(0);
  await expect(card.getByText(/: succeeded/)).toBeVisible({ timeout: MENDED_MS });
  await expect(card.getByText(/^Fixed: Operator DEPLOYED: /)).toBeVisible();
  await expect.poll(async () => (await readCard(card)).health, { timeout: MENDED_MS }).toBe('Healthy');
  await expect(cause).toHaveCount(0);
  await expect(card.getByRole('button', { name: 'Why? Findings of orphans' })).toHaveCount(0);
  expect((await readCard(card)).states).toEqual({
    Operator: 'DEPLOYED',
    MeshSync: 'CONNECTED',
    Broker: 'CONNECTED',
  });
});

test('a remedy that does not mend says that the finding is still there, and why', async ({ page }) => {
  await openWorld(page, 'broker-without-external-address');
  const card = cardOf(page, 'inside-only');
  await expect(card.getByText('The Broker has no address this server can reach.')).toBeVisible();
  const code = await codeOfRootCause(page, 'inside-only');
  const started = await page.evaluate(async (finding) => {
    const list = await (await fetch('/api/connections')).json();
    const connectionId: unknown = list.items[0].id;
    const body = { kind: 'reconnect', connectionId, mends: { code: finding, connectionId } };
    const reply = await fetch('/api/operations', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-meshplay-actor': 'page' },
      body: JSON.stringify(body),
    });
    return reply.status;
  }, code);
  expect(started).toBe(202);
  await expect(card.getByText(/^Still there, because: /)).toBeVisible({ timeout: MENDED_MS });
  await expect(card.getByRole('link', { name: code })).toBeVisible();
  await card.getByRole('button', { name: 'Why? Findings of inside-only' }).click();
  const drawer = page.getByRole('dialog', { name: 'Details of inside-only' });
  await expect(drawer.getByText(/^Still there, because: /)).toBeVisible();
  await page.keyboard.press('Escape');
  await card.getByRole('button', { name: /^Dismiss the result of / }).click();
  await expect(card.getByText(/^Still there, because: /)).toHaveCount(0);
});

async function codeOfRootCause(page: Page, name: string): Promise<string> {
  await cardOf(page, name)
    .getByRole('button', { name: `Why? Findings of ${name}` })
    .click();
  const drawer = page.getByRole('dialog', { name: `Details of ${name}` });
  const code = await drawer
    .getByRole('link', { name: /^MT-[A-Z]-\d\d$/ })
    .first()
    .textContent();
  await page.keyboard.press('Escape');
  await expect(drawer).toHaveCount(0);
  return code ?? '';
}

test('where MeshSync and Broker do not run, the page asks to review what can be done', async ({ page }) => {
  await openWorld(page, 'nothing-deployed');
  const card = page.getByRole('article').first();
  await expect(card.getByText('MeshSync and Broker are not running.')).toBeVisible();
  await card.getByRole('button', { name: /^Review the available operations on / }).click();
  const review = page.getByRole('dialog', { name: /^What can be done on / });
  const list = review.getByRole('list', { name: 'Available operations' });
  const install = list.getByRole('button', { name: 'Install…', exact: true });
  await expect(install).not.toHaveAttribute('aria-disabled', 'true');
  await expect(list.getByText('Not now: Nothing is installed here.', { exact: false }).first()).toBeVisible();
  await install.click();
  await expect(review).toHaveCount(0);
  await expect(page.getByRole('dialog', { name: /^Install on / })).toBeVisible();
});

test('on another page a notice tells that MeshSync has stopped, and leads to the review', async ({
  page,
}) => {
  await openWorld(page, 'healthy');
  await expect.poll(async () => (await readCard(cardOf(page, 'staging'))).health).toBe('Healthy');
  await goTo(page, 'Errors');
  await page.evaluate(async () => {
    const list = await (await fetch('/api/connections')).json();
    const connection = list.items.find((one: { name: string }) => one.name === 'staging');
    await fetch('/api/sandbox/faults', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-meshplay-actor': 'page' },
      body: JSON.stringify({ connectionId: connection.id, fault: 'delete-meshsync-resource' }),
    });
  });
  const notice = page.getByRole('alert').filter({ hasText: /^(MeshSync|Broker) of staging went from/ });
  await expect(notice).toBeVisible({ timeout: MENDED_MS });
  await notice.getByRole('link', { name: 'Review the available operations' }).click();
  await expect(page.getByRole('dialog', { name: 'What can be done on staging' })).toBeVisible();
});
