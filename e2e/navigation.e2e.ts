import type { Locator } from '@playwright/test';
import { expect } from '@playwright/test';
import { test } from './journey/test.ts';
import { openWorld, started } from './journey/world.ts';

test('pages are reached by the navigation, Back and their address; an unknown one says so', async ({
  page,
}) => {
  await openWorld(page, 'nothing-deployed', '/');
  await expect(page).toHaveURL(/\/settings/);
  const heading = page.getByRole('heading', { level: 1 });
  await expect(heading).toHaveText('Connections');
  const navigation = page.getByRole('navigation', { name: 'Pages' });
  const link = (name: string) => navigation.getByRole('link', { name, exact: true });
  await expect(link('Connections')).toHaveAttribute('aria-current', 'page');

  await link('Activity').click();
  await expect(heading).toHaveText('Activity');
  await expect(heading).toBeFocused();
  await expect(page).toHaveURL(/\/activity$/);
  await expect(page).toHaveTitle(/^Activity/);
  await expect(link('Activity')).toHaveAttribute('aria-current', 'page');

  await page.goBack();
  await expect(heading).toHaveText('Connections');
  await expect(page.getByRole('article', { name: 'fresh' })).toBeVisible();
  await page.goForward();
  await expect(heading).toHaveText('Activity');

  await page.goto('/no-such-page');
  await started(page);
  await expect(heading).toHaveText('There is no such page');
  await page.getByRole('link', { name: 'Show the connections' }).click();
  await expect(heading).toHaveText('Connections');
});

test('where it is narrow, the pages are in a menu', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await openWorld(page, 'nothing-deployed');
  await expect(page.getByRole('navigation', { name: 'Pages' })).toBeHidden();
  await page.getByRole('button', { name: 'Pages' }).click();
  await page.getByRole('menuitem', { name: 'Activity' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Activity');
});

test('the colours chosen survive a reload', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'light' });
  await openWorld(page, 'nothing-deployed');
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await ground();
  await page.getByRole('button', { name: /^Colours: as the system/ }).click();
  await page.getByRole('button', { name: /^Colours: light/ }).click();
  const dark = page.getByRole('button', { name: /^Colours: dark/ });
  await expect(dark).toBeVisible();
  await expect.poll(ground).not.toBe(light);
  await page.reload();
  await started(page);
  await expect(dark).toBeVisible();
  expect(await ground()).not.toBe(light);
  await dark.click();
  await expect.poll(ground).toBe(light);
});

test('the keyboard skips the header and reaches the first card in the order one reads', async ({ page }) => {
  await openWorld(page, 'nothing-deployed');
  await expect(page.getByRole('article', { name: 'fresh' })).toBeVisible();
  const skip = page.getByRole('link', { name: 'Skip to the content' });
  await page.keyboard.press('Tab');
  await expect(skip).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('main')).toBeFocused();
  for (const next of [
    page.getByRole('group', { name: 'Show only' }).getByRole('button', { name: /broken$/ }),
    page.getByRole('searchbox', { name: /^Search connections/ }),
    page.getByRole('button', { name: 'Sandbox', exact: true }),
    page.getByRole('button', { name: 'Add kubeconfig' }),
    page.getByRole('button', { name: 'More about fresh' }),
    page.getByRole('button', { name: 'Review the available operations on fresh' }),
    page.getByRole('button', { name: 'Why? Findings of fresh' }),
  ]) {
    await page.keyboard.press('Tab');
    await expect(next).toBeFocused();
  }
  await page.keyboard.press('Enter');
  const drawer = page.getByRole('dialog', { name: 'Details of fresh' });
  await expect(drawer).toBeVisible();
  for (const next of [
    drawer.getByRole('button', { name: 'Close' }),
    drawer.getByRole('tab', { name: 'Findings' }),
  ]) {
    await page.keyboard.press('Tab');
    await expect(next).toBeFocused();
    await expect(next).toHaveCSS('outline-style', 'solid');
  }
  await page.keyboard.press('Escape');
  await expect(drawer).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Why? Findings of fresh' })).toBeFocused();
});

test('the keyboard alone filters, looks, tests, and uninstalls by the name that is typed', async ({
  page,
}) => {
  await openWorld(page, 'healthy');
  const card = page.getByRole('article', { name: 'staging' });
  await expect(card.getByText('Healthy')).toBeVisible();
  const tabTo = async (wanted: Locator) => {
    await expect(async () => {
      await page.keyboard.press('Tab');
      await expect(wanted).toBeFocused({ timeout: 50 });
    }).toPass({ intervals: [0] });
    await expect(wanted).toHaveCSS('outline-style', 'solid');
  };
  await tabTo(page.getByRole('searchbox', { name: /^Search connections/ }));
  await page.keyboard.type('staging');
  await expect(page.getByRole('article')).toHaveCount(1);

  const more = page.getByRole('button', { name: 'More about staging' });
  await tabTo(more);
  const details = page.getByRole('dialog', { name: 'Details of staging' });
  // The second time its code is there at once: the drawer opens while the menu closes.
  for (const tab of ['Findings', 'Evidence']) {
    await page.keyboard.press('Enter');
    await expect(page.getByRole('menuitem', { name: 'Look again' })).toBeFocused();
    await page.keyboard.type(tab.slice(0, 2));
    await page.keyboard.press('Enter');
    await expect(details).toBeVisible();
    await tabTo(details.getByRole('tab', { name: tab }));
    await page.keyboard.press('Escape');
    await expect(details).toHaveCount(0);
    await expect(more).toBeFocused();
  }

  const test = card.getByRole('button', { name: 'Test connectivity' });
  await tabTo(test);
  await page.keyboard.press('Enter');
  const results = page.getByRole('dialog', { name: 'Test of staging' });
  await expect(results.getByText(/ passed.*, in /)).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(results).toHaveCount(0);
  await expect(test).toBeFocused();

  await tabTo(card.getByRole('button', { name: 'Redeploy', exact: true }));
  await page.keyboard.press('Enter');
  await expect(page.getByRole('menuitem', { name: 'Install…', exact: true })).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  const uninstall = page.getByRole('dialog', { name: 'Uninstall on staging' });
  const name = uninstall.getByLabel('Type staging to confirm');
  await expect(name).toBeVisible();
  await name.focus();
  await page.keyboard.type('staging');
  await page.keyboard.press('Enter');
  await expect(uninstall).toHaveCount(0);
  await expect(card.getByRole('region', { name: /^Uninstall/ })).toBeVisible();
});
