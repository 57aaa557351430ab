import { expect } from '@playwright/test';
import { cardOf, choose, openDetails, readCard } from './journey/card.ts';
import { kubeconfigText, paste } from './journey/kubeconfig.ts';
import { startSandboxServer } from './journey/server.ts';
import { test } from './journey/test.ts';
import { started } from './journey/world.ts';

/** What is asked of a cluster takes simulated time too. */
const EFFECT_MS = 120_000;
const STAGING = 'https://staging.example:6443';
const UNCHECKED = 'certificate not checked';

test('skips the check of a certificate only when that is ticked, and says so on the card for ever after', async ({
  page,
}) => {
  const server = await startSandboxServer('healthy');
  try {
    await page.goto(`${server.url}/settings`);
    await started(page);
    const card = cardOf(page, 'staging');
    await expect.poll(async () => (await readCard(card)).health, { timeout: EFFECT_MS }).toBe('Healthy');
    await expect(card).not.toContainText(UNCHECKED);

    await choose(page, 'staging', 'Replace credentials…');
    const dialog = page.getByRole('dialog', { name: 'Replace the credentials of staging' });
    const cluster = { 'insecure-skip-tls-verify': true };
    await paste(
      dialog,
      kubeconfigText({ context: 'unchecked', server: STAGING, cluster, user: { token: 'one' } }),
    );
    const context = dialog.getByRole('group', { name: 'unchecked' });
    await expect(context).toContainText('It is dialled after you agreed to what is said about it.');
    const replace = dialog.getByRole('button', { name: 'Replace', exact: true });
    await context.getByRole('checkbox', { name: 'Add unchecked' }).check();
    await expect(replace).toBeDisabled();
    await context.getByRole('checkbox', { name: /certificate is not checked/ }).check();
    await expect(context).toContainText('Reached, Kubernetes', { timeout: EFFECT_MS });
    await replace.click();
    await expect(dialog).toHaveCount(0);
    await expect(card).toContainText(UNCHECKED, { timeout: EFFECT_MS });

    await page.reload();
    await started(page);
    await expect(card).toContainText(UNCHECKED, { timeout: EFFECT_MS });
    // It is shown while nothing is observed, too.
    await choose(page, 'staging', 'Put into maintenance');
    await expect(card).toContainText('In maintenance.');
    await expect(card).toContainText(UNCHECKED);
  } finally {
    await server.stop();
  }
});

test('starts a program for credentials only where the server allows it and a person agreed to all of it', async ({
  page,
}) => {
  const args = ['--credential-plugin-policy', 'Allowlist', '--credential-plugin-allowlist', 'aws'];
  const server = await startSandboxServer('healthy', { args });
  try {
    await page.goto(`${server.url}/settings`);
    await started(page);
    await expect(cardOf(page, 'staging')).toBeVisible({ timeout: EFFECT_MS });
    await page.getByRole('button', { name: 'Add kubeconfig' }).click();
    const dialog = page.getByRole('dialog', { name: 'Add kubeconfig' });
    const exec = (command: string) => ({
      exec: { apiVersion: 'client.authentication.k8s.io/v1', command, args: ['eks', 'get-token'] },
    });
    const text = (command: string) =>
      kubeconfigText({ context: command, server: STAGING, user: exec(command) });

    await paste(dialog, text('gcloud'));
    const refused = dialog.getByRole('group', { name: 'gcloud' });
    await expect(refused).toContainText('--credential-plugin-allowlist');
    await expect(refused.getByRole('checkbox', { name: 'Add gcloud' })).toBeDisabled();

    await paste(dialog, text('aws'));
    const allowed = dialog.getByRole('group', { name: 'aws' });
    const consent = allowed.getByRole('checkbox', { name: /this server starts a program/ });
    await expect(allowed).toContainText('"aws" "eks" "get-token"');
    await allowed.getByRole('checkbox', { name: 'Add aws' }).check();
    await expect(dialog.getByRole('button', { name: 'Add 0 contexts' })).toBeDisabled();
    await consent.check();
    await expect(allowed).toContainText('Reached, Kubernetes', { timeout: EFFECT_MS });
    await dialog.getByRole('button', { name: 'Add 1 context' }).click();
    await expect(dialog).toContainText('was added as a further way into a known cluster.');
    await dialog.getByRole('button', { name: 'Close' }).click();
    const ways = await openDetails(page, 'staging', 'Ways in');
    await expect(ways.getByRole('tabpanel')).toContainText('aws');
  } finally {
    await server.stop();
  }
});
