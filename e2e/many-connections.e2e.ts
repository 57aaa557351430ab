import { expect } from '@playwright/test';
import { expectAccessible } from './journey/quality.ts';
import { test } from './journey/test.ts';
import { openWorld } from './journey/world.ts';

test.use({ viewport: { width: 1440, height: 900 } });

test('a hundred connections are rows that open, are filtered and searched by the address', async ({
  page,
}) => {
  await openWorld(page, 'hundred-connections');
  const filters = page.getByRole('group', { name: 'Show only' });
  const row = (name: string) => page.getByRole('button', { name: new RegExp(`^${name}`) });

  // Every tenth has a fault; the other ninety are well once they have been looked at.
  const well = filters.getByRole('button', { name: /healthy$/ });
  await expect.poll(async () => Number.parseInt(await well.innerText(), 10)).toBeGreaterThan(80);
  await expect(page.getByRole('article')).toHaveCount(0);

  const broken = filters.getByRole('button', { name: /broken$/ });
  await broken.click();
  await expect(broken).toHaveAttribute('aria-pressed', 'true');
  await expect(page).toHaveURL(/[?&]health=broken/);
  await expect(row('cluster-0004')).toBeVisible();
  await expect(row('cluster-0001')).toHaveCount(0);
  await expectAccessible(page, 'the rows');

  const crashing = row('cluster-0004');
  await crashing.click();
  await expect(crashing).toHaveAttribute('aria-expanded', 'true');
  const card = page.getByRole('article', { name: 'cluster-0004' });
  await expect(card.getByRole('list', { name: 'The way the data takes' }).getByRole('listitem')).toHaveCount(
    6,
  );
  await crashing.click();
  await expect(card).toHaveCount(0);

  await broken.click();
  await expect(page).not.toHaveURL(/health=/);
  await page.getByRole('searchbox').fill('cluster-0042');
  await expect(page).toHaveURL(/[?&]q=cluster-0042/);
  await expect(page.getByRole('article', { name: 'cluster-0042' })).toBeVisible();
  await expect(page.getByRole('article')).toHaveCount(1);

  await page.getByRole('searchbox').fill('no such cluster');
  await page.getByRole('button', { name: 'Show all' }).click();
  await expect(page.getByRole('searchbox')).toHaveValue('');
  await expect(page).not.toHaveURL(/[?&]q=/);
});

test('only the rows in sight are in the page, and scrolling brings the others', async ({ page }) => {
  await openWorld(page, 'hundred-connections', '/settings?health=healthy');
  const rows = page.getByRole('listitem');
  await expect(page.getByRole('button', { name: /^cluster-0001/ })).toBeVisible();
  const last = page.getByRole('button', { name: /^cluster-0100/ });
  await expect(last).toHaveCount(0);
  expect(await rows.count()).toBeLessThan(60);
  await expect(async () => {
    await page.keyboard.press('End');
    await expect(last).toBeVisible({ timeout: 5_000 });
  }).toPass({ timeout: 60_000 });
  expect(await rows.count()).toBeLessThan(60);
});
