import { expect } from '@playwright/test';
import { cardOf } from './journey/card.ts';
import { expectAccessible } from './journey/quality.ts';
import { test } from './journey/test.ts';
import { openWorld, started } from './journey/world.ts';

test('error codes are searched, narrowed, and opened from a finding or by address', async ({ page }) => {
  await openWorld(page, 'meshsync-not-connected');
  await cardOf(page, 'unlinked').getByRole('button', { name: 'Why? Findings of unlinked' }).click();
  const drawer = page.getByRole('dialog', { name: 'Details of unlinked' });
  const link = drawer.getByRole('link', { name: /^MT-[A-Z]-\d\d$/ }).first();
  const code = (await link.textContent()) ?? '';
  await link.click();
  await expect(page).toHaveURL(new RegExp(`/errors/${code}`));
  await expect(page.getByRole('heading', { level: 1, name: code })).toBeVisible();
  for (const name of ['Cause', 'What to do', 'Where it is shown', 'Shown now by']) {
    await expect(page.getByRole('heading', { name, exact: true })).toBeVisible();
  }
  await expect(page.getByRole('link', { name: 'unlinked', exact: true })).toBeVisible();

  await page.getByRole('link', { name: 'All error codes' }).click();
  const codes = page.getByRole('list', { name: 'Error codes' });
  await page.getByRole('searchbox', { name: 'Search codes, causes and remedies' }).fill('1040');
  await expect(codes.getByRole('link', { name: 'meshplay-server-1040' })).toBeVisible();
  await expect(page).toHaveURL(/[?&]q=1040/);
  await page.getByRole('searchbox', { name: 'Search codes, causes and remedies' }).fill('');
  const filter = page.getByRole('group', { name: 'Show only' }).getByRole('button', { name: /Operator$/ });
  await filter.click();
  await expect(filter).toHaveAttribute('aria-pressed', 'true');
  await expect(codes.getByRole('link', { name: /server-/ })).toHaveCount(0);
  await expect(codes.getByRole('link').first()).toBeVisible();

  await page.goto('/errors/meshplay-server-1040');
  await started(page);
  await expect(page.getByRole('heading', { level: 1, name: 'meshplay-server-1040' })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'What to do' })).toBeVisible();
  await page.goto('/errors/conflict');
  await started(page);
  await expect(
    page.getByRole('heading', { name: 'Something else stands in the way (HTTP 409)' }),
  ).toBeVisible();
  await page.goto('/errors/no-such-code');
  await started(page);
  await expect(page.getByText(/^This code is not known here\./)).toBeVisible();
});

test('a refusal of this server leads to what is known of its code', async ({ page }) => {
  await openWorld(page, 'healthy', '/settings?open=no-such-connection');
  const drawer = page.getByRole('dialog', { name: 'Details of Connection' });
  await drawer.getByRole('link', { name: 'About not-found' }).click();
  await expect(page).toHaveURL(/\/errors\/not-found/);
  await expect(
    page.getByRole('heading', { name: 'What was asked for does not exist (HTTP 404)' }),
  ).toBeVisible();
});

for (const paths of [
  ['/resources', '/database'],
  ['/errors', '/bundle'],
]) {
  test(`${paths.join(' and ')} have no axe violation, and do not scroll sideways on a telephone`, async ({
    page,
  }) => {
    await page.setViewportSize({ width: 390, height: 844 });
    for (const path of paths) {
      await openWorld(page, 'nothing-deployed', path);
      await expectAccessible(page, path);
    }
  });
}
