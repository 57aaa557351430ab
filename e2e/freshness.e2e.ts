import type { Page } from '@playwright/test';
import { expect } from '@playwright/test';
import { cardOf, messagesOn } from './journey/card.ts';
import { test } from './journey/test.ts';
import { openWorld, started } from './journey/world.ts';

/** Three polls at the fastest interval: what has not moved for so long does not move by itself. */
const SILENCE_MS = 2_500;

function mark(page: Page) {
  return page.getByRole('banner').getByRole('status');
}

test('the MeshSync mark pulses when messages arrive; a pause stops the view, and it goes on from there', async ({
  page,
}) => {
  await openWorld(page, 'healthy');
  await expect(mark(page)).toHaveText('MeshSync messages arrive');
  const pulsing = page.getByRole('banner').locator('.is-pulsing');
  await expect.poll(() => pulsing.count(), { intervals: [100] }).toBe(1);

  const card = cardOf(page, 'prod-us-1');
  await expect.poll(() => messagesOn(card)).toBeGreaterThan(0);
  await page.getByRole('button', { name: 'Pause refreshing' }).click();
  const play = page.getByRole('button', { name: 'Continue to refresh' });
  await expect(play).toBeVisible();
  await expect(page.getByTitle('How often the page asks the server')).toContainText(/paused/i);
  let atRest: number | undefined;
  await expect
    .poll(async () => {
      const before = await messagesOn(card);
      await page.waitForTimeout(SILENCE_MS);
      atRest = await messagesOn(card);
      return before === atRest;
    })
    .toBe(true);
  await play.click();
  await expect.poll(() => messagesOn(card)).toBeGreaterThan(atRest ?? 0);
});

test('the MeshSync mark rests where nothing is deployed, and tells of a silence', async ({ page }) => {
  await openWorld(page, 'nothing-deployed');
  await expect(mark(page)).toHaveText('MeshSync not connected');
  const pulsing = page.getByRole('banner').locator('.is-pulsing');
  await page.waitForTimeout(SILENCE_MS);
  await expect(pulsing).toHaveCount(0);

  await openWorld(page, 'stale-data');
  await expect(mark(page)).toHaveText('MeshSync: no messages arrive');
  await expect(page.getByRole('banner').getByText(/^MeshSync: silent for \d/)).toBeVisible();
  await expect(pulsing).toHaveCount(0);
});

test('the interval is chosen and remembered; looking again now says when it is done', async ({ page }) => {
  await openWorld(page, 'healthy');
  const words = page.getByTitle('How often the page asks the server');
  const menu = page.getByRole('menu', { name: 'How often to refresh' });
  await words.click();
  await expect(menu.getByRole('menuitemradio')).toHaveCount(5);
  await menu.getByRole('menuitemradio', { name: 'every 2 s' }).click();
  await expect(menu).toHaveCount(0);

  await page.reload();
  await started(page);
  await words.click();
  await expect(menu.getByRole('menuitemradio', { name: 'every 2 s' })).toHaveAttribute(
    'aria-checked',
    'true',
  );
  await menu.getByRole('menuitemradio', { name: 'not at all (paused)' }).click();
  await expect(page.getByRole('button', { name: 'Continue to refresh' })).toBeVisible();

  // The view stands still, and looking again brings the newest all the same.
  const card = cardOf(page, 'prod-us-1');
  const before = (await messagesOn(card)) ?? 0;
  const done = page.getByText('Every cluster was looked at again.');
  await expect(async () => {
    await page.getByRole('button', { name: 'Look again at every cluster now' }).click();
    await expect(done.first()).toBeVisible({ timeout: 15_000 });
  }).toPass({ timeout: 90_000 });
  await expect.poll(() => messagesOn(card)).toBeGreaterThan(before);
});
