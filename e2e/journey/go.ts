import type { Page } from '@playwright/test';
import { expect } from '@playwright/test';

/** Goes to another page by the navigation, without loading anew: the simulated world stays as it is. */
export async function goTo(page: Page, name: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name, exact: true }).click();
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
}
