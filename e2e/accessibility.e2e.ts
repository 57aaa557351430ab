import { expect } from '@playwright/test';
import { WORLDS } from '../src/sandbox/worlds/worlds.ts';
import { openDetails } from './journey/card.ts';
import { expectAccessible } from './journey/quality.ts';
import { test } from './journey/test.ts';
import { openWorld } from './journey/world.ts';

const SIZES = { wide: { width: 1440, height: 900 }, narrow: { width: 390, height: 844 } } as const;
/** The word of a connection of which something is known. */
const LOOKED_AT = /^(Healthy|Needs attention|Broken|Changing|Cannot be observed)$/;

// Axe looks at every element of four full pages while a world runs in them.
test.describe.configure({ mode: 'parallel', timeout: 480_000 });

for (const colorScheme of ['light', 'dark'] as const) {
  for (const [size, viewport] of Object.entries(SIZES)) {
    test.describe(`${size} and ${colorScheme}`, () => {
      test.use({ colorScheme, viewport, contextOptions: { reducedMotion: 'reduce' } });

      test('every page is accessible and as wide as the window', async ({ page }) => {
        await openWorld(page, 'welcome');
        await expect(page.getByRole('article')).toHaveCount(4);
        await expect(page.getByText('The API server cannot be reached.').first()).toBeVisible();
        await expectAccessible(page, 'the connections');

        const drawer = await openDetails(page, 'prod-eu-1', 'Evidence');
        await expect(drawer.getByRole('heading', { name: 'Workloads' })).toBeVisible();
        await expectAccessible(page, 'the evidence of a connection');
        await drawer.getByRole('button', { name: 'Close' }).click();
        await expect(drawer).toHaveCount(0);

        await page.getByRole('button', { name: /unread problems?$/ }).click();
        await page.getByRole('link', { name: 'All activity' }).click();
        await expect(page.getByRole('region', { name: 'Events' })).toBeVisible();
        await expectAccessible(page, 'the activity');

        await page.goto('/kubeconfigs');
        await expect(page.getByRole('region', { name: 'Contexts found' })).toBeVisible();
        await expectAccessible(page, 'the kubeconfigs');
      });
    });
  }
}

// A thousand clusters start inside the page of one of them.
test.describe('every world', () => {
  test.describe.configure({ timeout: 1_200_000 });
  test.use({ contextOptions: { reducedMotion: 'reduce' } });

  for (const { name } of WORLDS) {
    test(`${name} is accessible and as wide as the window, wide and narrow, light and dark`, async ({
      page,
    }) => {
      await openWorld(page, name);
      await expect(page.getByText(LOOKED_AT).first()).toBeVisible({ timeout: 120_000 });
      await expect(page.getByText('Looking…').first()).toBeHidden({ timeout: 120_000 });
      for (const [size, viewport] of Object.entries(SIZES)) {
        await page.setViewportSize(viewport);
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme });
          await expectAccessible(page, `${name}, ${size} and ${colorScheme}`, colorScheme === 'dark');
        }
      }
    });
  }
});
