import { expect } from '@playwright/test';
import { test } from './journey/test.ts';
import { openWorld } from './journey/world.ts';

test('the places tried are shown, read again, and lead to the connection found there', async ({ page }) => {
  await openWorld(page, 'welcome');
  await page.getByRole('button', { name: 'Add kubeconfig' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add kubeconfig' });
  await expect(dialog.getByRole('region', { name: 'Places tried' }).getByRole('row').nth(1)).toBeVisible();
  await dialog.getByRole('link', { name: 'Every context found' }).click();
  await expect(dialog).toHaveCount(0);

  await expect(page).toHaveURL(/\/kubeconfigs$/);
  await expect(page.getByRole('heading', { name: 'Kubeconfigs', level: 1 })).toBeVisible();
  const contexts = page.getByRole('region', { name: 'Contexts found' });
  for (const name of ['prod-eu-1', 'staging', 'edge-lab', 'legacy-dc2'])
    await expect(contexts.getByRole('row', { name: new RegExp(`^${name}`) })).toBeVisible();

  await page.getByRole('button', { name: 'Rediscover' }).click();
  await expect(page.getByText('Read again; nothing has changed.')).toBeVisible();

  await contexts
    .getByRole('row', { name: /^staging/ })
    .getByRole('link', { name: 'Show the connection' })
    .click();
  await expect(page).toHaveURL(/\/settings\?.*tab=ways-in/);
  await expect(page.getByRole('dialog', { name: 'Details of staging' }).getByRole('tabpanel')).toContainText(
    'staging',
  );
});
