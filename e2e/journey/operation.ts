import type { Locator, Page } from '@playwright/test';
import { expect } from '@playwright/test';
import { cardOf } from './card.ts';

/** An operation waits for pods of the simulated world, which takes simulated time too. */
const END_MS = 120_000;

/** The panel of the operation on the card of a connection: its steps, then its result. */
export function panelOf(page: Page, name: string): Locator {
  return cardOf(page, name).getByRole('region');
}

/** The buttons of a connection, in their place on its card. */
export function actionsOf(page: Page, name: string): Locator {
  return cardOf(page, name).getByRole('group', { name: `Actions for ${name}` });
}

/** Opens the menu of the operations on a connection; gives the menu. */
export async function openOperations(page: Page, name: string): Promise<Locator> {
  await actionsOf(page, name).getByRole('button', { name: 'Redeploy', exact: true }).click();
  const menu = page.getByRole('menu', { name: `Operations on ${name}` });
  await expect(menu).toBeVisible();
  return menu;
}

/** Chooses an operation that first shows what it will do; gives its dialog. */
export async function prepare(page: Page, name: string, label: string): Promise<Locator> {
  const menu = await openOperations(page, name);
  await menu.getByRole('menuitem', { name: `${label}…`, exact: true }).click();
  const dialog = page.getByRole('dialog', { name: `${label} on ${name}` });
  await expect(dialog).toBeVisible();
  return dialog;
}

/** Presses the button that starts what a dialog shows, once the server has said what that is; the dialog closes. */
export async function begin(dialog: Locator, label: string): Promise<void> {
  const start = dialog.getByRole('button', { name: label, exact: true });
  await expect(start).toBeEnabled();
  await start.click();
  await expect(dialog).toHaveCount(0);
}

/** Waits until the operation on a connection has ended as said; gives the panel, which stays. */
export async function ended(page: Page, name: string, title: RegExp, word: string): Promise<Locator> {
  const panel = panelOf(page, name);
  await expect(panel).toHaveAccessibleName(title);
  await expect(panel.getByRole('status')).toContainText(`: ${word}.`, { timeout: END_MS });
  return panel;
}

/** Puts the result of an operation away. */
export async function dismiss(page: Page, name: string): Promise<void> {
  const panel = panelOf(page, name);
  await panel.getByRole('button', { name: /^Dismiss the result of / }).click();
  await expect(panel).toHaveCount(0);
}
