import { expect } from '@playwright/test';
import { test } from './journey/test.ts';
import { openWorld } from './journey/world.ts';

test('problems are kept until they are read, and the activity is filtered by its address', async ({
  page,
}) => {
  await openWorld(page, 'api-unreachable');
  const bell = page.getByRole('button', { name: /unread problems?$/ });
  await expect(bell).toHaveAccessibleName(/^\d+ unread problems?$/);
  await bell.click();
  const unread = page.getByRole('dialog', { name: 'Unread problems' });
  await expect(unread.getByRole('listitem').first()).toBeVisible();
  await unread.getByRole('link', { name: 'All activity' }).click();
  await expect(page.getByRole('heading', { name: 'Activity', level: 1 })).toBeVisible();

  const events = page.getByRole('region', { name: 'Events' });
  await expect(events.getByRole('listitem').first()).toBeVisible();
  await page.getByRole('combobox', { name: 'Connection' }).selectOption('expired-login');
  await expect(page).toHaveURL(/[?&]connection=/);
  await expect(events.getByRole('link', { name: 'unreachable', exact: true })).toHaveCount(0);
  await expect(events.getByRole('link', { name: 'expired-login', exact: true }).first()).toBeVisible();
  await page.getByRole('combobox', { name: 'Connection' }).selectOption('all');

  const read = page.getByRole('button', { name: /^Mark as read: / }).first();
  const label = (await read.getAttribute('aria-label')) ?? '';
  await read.click();
  await expect(page.getByText(label.replace('Mark as read: ', ''), { exact: true }).first()).toBeVisible();
});
