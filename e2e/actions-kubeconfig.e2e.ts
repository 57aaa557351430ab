import { expect } from '@playwright/test';
import { cardOf, choose, openDetails, readCard } from './journey/card.ts';
import { kubeconfigText, paste } from './journey/kubeconfig.ts';
import { test } from './journey/test.ts';
import { openWorld } from './journey/world.ts';

/** What is asked of a cluster, or removed from it, takes simulated time too. */
const EFFECT_MS = 120_000;
const STAGING = 'https://staging.example:6443';

test('refuses a kubeconfig by the field that is the danger, and adds one whose cluster answers', async ({
  page,
}) => {
  await openWorld(page, 'healthy');
  await expect(cardOf(page, 'staging')).toBeVisible();
  await page.getByRole('button', { name: 'Add kubeconfig' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add kubeconfig' });
  const found = dialog.getByRole('region', { name: 'Contexts in the files' });

  await paste(dialog, 'contexts: [');
  await expect(found).toContainText('The file is not valid YAML');
  await expect(dialog.getByRole('button', { name: 'Add 0 contexts' })).toBeDisabled();

  const exec = { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: 'aws' } };
  await paste(dialog, kubeconfigText({ context: 'program', server: STAGING, user: exec }));
  const program = found.getByRole('group', { name: 'program' });
  await expect(program).toContainText('users[program].user.exec would start a program on this server.');
  await expect(program.getByRole('checkbox', { name: 'Add program' })).toBeDisabled();

  const file = { 'client-certificate': '/etc/passwd', token: 'one' };
  await paste(dialog, kubeconfigText({ context: 'path', server: STAGING, user: file }));
  await expect(found.getByRole('group', { name: 'path' })).toContainText(
    'users[path].user.client-certificate is a path on your machine',
  );
  await paste(
    dialog,
    kubeconfigText({ context: 'cloud', server: 'https://169.254.169.254', user: { token: 'one' } }),
  );
  await expect(found.getByRole('group', { name: 'cloud' })).toContainText('it is never dialled');
  await expect(dialog.getByRole('button', { name: 'Add 0 contexts' })).toBeDisabled();

  const text = kubeconfigText({ context: 'second-door', server: STAGING, user: { token: 'another' } });
  await dialog
    .getByLabel(/^Drop kubeconfigs here/)
    .setInputFiles({ name: 'second.yaml', mimeType: 'application/yaml', buffer: Buffer.from(text) });
  const door = found.getByRole('group', { name: 'second-door' });
  await expect(door).toContainText('Reached, Kubernetes v1.33.4.', { timeout: EFFECT_MS });
  await expect(door).toContainText('A further way into staging.');
  await expect(door.getByRole('checkbox', { name: 'Add second-door' })).toBeChecked();
  await dialog.getByRole('button', { name: 'Add 1 context' }).click();
  await expect(dialog.getByRole('status').filter({ hasText: 'second-door' })).toContainText(
    'was added as a further way into a known cluster.',
  );
  await dialog.getByRole('link', { name: 'Show the connection' }).click();
  const drawer = page.getByRole('dialog', { name: 'Details of staging' });
  await expect(drawer.getByRole('tabpanel')).toContainText('second-door');
  await drawer.getByRole('button', { name: 'Close' }).click();
  await expect(drawer).toHaveCount(0);
  await expect(page.getByRole('article')).toHaveCount(3);
});

test('adds two contexts of one name from two files at once, each told by its cluster, the second with a number', async ({
  page,
}) => {
  await openWorld(page, 'healthy');
  await expect(cardOf(page, 'staging')).toBeVisible();
  await page.getByRole('button', { name: 'Add kubeconfig' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add kubeconfig' });
  const file = (name: string, server: string) => ({
    name,
    mimeType: 'application/yaml',
    buffer: Buffer.from(kubeconfigText({ context: 'admin', server, user: { token: 'one' } })),
  });
  await dialog
    .getByLabel(/^Drop kubeconfigs here/)
    .setInputFiles([file('staging.yaml', STAGING), file('prod.yaml', 'https://prod-eu-1.example:6443')]);
  const found = dialog.getByRole('group', { name: 'admin' });
  await expect(found.filter({ hasText: 'staging.yaml' })).toContainText('A further way into staging.', {
    timeout: EFFECT_MS,
  });
  await expect(found.filter({ hasText: 'prod.yaml' })).toContainText('A further way into prod-eu-1.', {
    timeout: EFFECT_MS,
  });
  await dialog.getByRole('button', { name: 'Add 2 contexts' }).click();
  const told = dialog.getByRole('status').filter({ hasText: 'admin' });
  await expect(told).toContainText('admin was added as a further way into a known cluster.');
  await expect(told).toContainText('admin (2) was added as a further way into a known cluster.');
  await dialog.getByRole('button', { name: 'Close' }).click();
  const ways = await openDetails(page, 'prod-eu-1', 'Ways in');
  await expect(ways.getByRole('tabpanel')).toContainText('admin (2)');
});

test('puts a connection aside and takes it back, gives it other credentials, deletes it and shows it again', async ({
  page,
}) => {
  await openWorld(page, 'healthy');
  const card = cardOf(page, 'staging');
  const health = async () => (await readCard(card)).health;
  await expect.poll(health).toBe('Healthy');

  await choose(page, 'staging', 'Disconnect…');
  const leave = page.getByRole('dialog', { name: 'Disconnect staging' });
  await expect(leave.getByRole('radio', { name: 'Leave it running' })).toBeChecked();
  await leave.getByRole('button', { name: 'Disconnect' }).click();
  await expect(leave).toHaveCount(0);
  await expect(card).toContainText('Disconnected by you.');
  await choose(page, 'staging', 'Connect again');
  await expect.poll(health, { timeout: EFFECT_MS }).toBe('Healthy');

  await choose(page, 'staging', 'Put into maintenance');
  await expect(card).toContainText('In maintenance.');
  await choose(page, 'staging', 'Connect again');
  await expect.poll(health, { timeout: EFFECT_MS }).toBe('Healthy');

  await choose(page, 'staging', 'Replace credentials…');
  const replace = page.getByRole('dialog', { name: 'Replace the credentials of staging' });
  await expect(replace.getByRole('button', { name: 'Replace', exact: true })).toBeDisabled();
  await paste(replace, kubeconfigText({ context: 'rotated', server: STAGING, user: { token: 'new' } }));
  const context = replace.getByRole('group', { name: 'rotated' });
  await expect(context).toContainText('Reached, Kubernetes v1.33.4.', { timeout: EFFECT_MS });
  await context.getByRole('checkbox', { name: 'Add rotated' }).check();
  await replace.getByRole('button', { name: 'Replace', exact: true }).click();
  await expect(replace).toHaveCount(0);
  // Another context is the way in now; the connection is called as before.
  await expect.poll(health, { timeout: EFFECT_MS }).toBe('Healthy');
  const ways = await openDetails(page, 'staging', 'Ways in');
  await expect(ways.getByRole('tabpanel')).toContainText('rotated');
  await ways.getByRole('button', { name: 'Close' }).click();
  await expect(ways).toHaveCount(0);

  await choose(page, 'staging', 'Delete…');
  const remove = page.getByRole('dialog', { name: 'Delete staging' });
  await remove.getByRole('button', { name: 'Delete' }).click();
  await expect(remove).toHaveCount(0);
  await expect(card).toHaveCount(0);
  await expect(page.getByRole('article')).toHaveCount(2);

  await page.getByRole('button', { name: 'Add kubeconfig' }).click();
  await page
    .getByRole('dialog', { name: 'Add kubeconfig' })
    .getByRole('link', { name: 'Every context found' })
    .click();
  await expect(page.getByText('Its connection was deleted here.')).toBeVisible();
  await page.getByRole('button', { name: 'Show staging again' }).click();
  await expect(page.getByText('Its connection was deleted here.')).toHaveCount(0);
  await page.goBack();
  await expect.poll(health, { timeout: EFFECT_MS }).toBe('Healthy');
});

test('uninstalls the Operator before a connection is deleted, when a person chose so and typed its name', async ({
  page,
}) => {
  await openWorld(page, 'healthy');
  await expect.poll(async () => (await readCard(cardOf(page, 'prod-eu-1'))).health).toBe('Healthy');
  await choose(page, 'prod-eu-1', 'Delete…');
  const dialog = page.getByRole('dialog', { name: 'Delete prod-eu-1' });
  await dialog.getByRole('radio', { name: /^Uninstall it first/ }).check();
  const remove = dialog.getByRole('button', { name: 'Delete' });
  await expect(dialog.getByRole('listitem').filter({ hasText: 'meshplay-operator' }).first()).toBeVisible();
  await expect(remove).toHaveAccessibleDescription('Type prod-eu-1 to confirm.');
  await expect(remove).toBeDisabled();
  await dialog.getByRole('textbox').fill('prod-eu-1');
  await expect(remove).toBeEnabled();
  await remove.click();
  await expect(dialog).toHaveCount(0);
  await expect(cardOf(page, 'prod-eu-1')).toHaveCount(0, { timeout: EFFECT_MS });
  await expect(page.getByRole('article')).toHaveCount(2);
});
