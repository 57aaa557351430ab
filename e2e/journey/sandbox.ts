import type { Page } from '@playwright/test';
import { expect } from '@playwright/test';

/** Breaks something in a connection’s simulated cluster, by the dialog of the sandbox. */
export async function injectFault(page: Page, connection: string, fault: string): Promise<void> {
  const dialog = await openSandbox(page);
  await dialog.getByRole('combobox', { name: 'Connection' }).selectOption(connection);
  await dialog.getByRole('searchbox', { name: /^Search faults/ }).fill(fault);
  await dialog.getByRole('radio', { name: fault }).check();
  await dialog.getByRole('button', { name: 'Inject' }).click();
  await expect(dialog.getByText(`${connection}: ${fault}`)).toBeVisible();
  await closeSandbox(page);
}

/** Mends the one fault there is, by the dialog of the sandbox. */
export async function repairFault(page: Page, connection: string, fault: string): Promise<void> {
  const dialog = await openSandbox(page);
  await dialog.getByRole('button', { name: 'Repair' }).click();
  await expect(dialog.getByText(`${connection}: ${fault}`)).toHaveCount(0);
  await closeSandbox(page);
}

async function openSandbox(page: Page) {
  await page.getByRole('button', { name: 'Sandbox', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Sandbox' });
  await expect(dialog).toBeVisible();
  return dialog;
}

async function closeSandbox(page: Page): Promise<void> {
  const dialog = page.getByRole('dialog', { name: 'Sandbox' });
  await dialog.getByRole('button', { name: 'Close' }).click();
  await expect(dialog).toHaveCount(0);
}
