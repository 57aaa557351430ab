import type { Locator, Page } from '@playwright/test';

const HEALTH = /^(Healthy|Needs attention|Broken|Changing|Cannot be observed)$/;
const HOP =
  /^(Kubernetes|Operator|MeshSync|Broker|Server|Database).*, (good|needs attention|broken|changing|not known)(?:, (.+))?$/s;
const CONTROLLER =
  /^(Operator|MeshSync|Broker)(DEPLOYED|DEPLOYING|NOTDEPLOYED|UNDEPLOYED|ENABLED|RUNNING|CONNECTED|UNKNOWN)/;

/** What a person reads on a card. */
export interface CardWords {
  /** The word beside the name. */
  readonly health: string | undefined;
  /** What a screen reader says of each hop, by its name. */
  readonly hops: Readonly<Record<string, string>>;
  /** The hops after which the way is broken. */
  readonly brokenAfter: readonly string[];
  /** State by controller; empty where the card shows no controllers. */
  readonly states: Readonly<Record<string, string>>;
}

/** The card of a connection. */
export function cardOf(page: Page, name: string): Locator {
  return page.getByRole('article', { name, exact: true });
}

/** Reads a card as it is now; all fields are empty while there is none. */
export async function readCard(card: Locator): Promise<CardWords> {
  const hops: Record<string, string> = {};
  const states: Record<string, string> = {};
  const brokenAfter: string[] = [];
  const way = card.getByRole('list', { name: 'The way the data takes' });
  for (const text of await way.getByRole('listitem').allTextContents()) {
    const [, hop = text, verdict = text, onward] = HOP.exec(text) ?? [];
    hops[hop] = verdict;
    if (onward === 'data stops here') brokenAfter.push(hop);
  }
  for (const text of await card.getByRole('row').allTextContents()) {
    const [, controller, state] = CONTROLLER.exec(text) ?? [];
    if (controller !== undefined && state !== undefined) states[controller] = state;
  }
  const [health] = await card.getByText(HEALTH).allTextContents();
  return { health, hops, brokenAfter, states };
}

/** How many messages the card says the Broker has delivered; undefined while it does not say. */
export async function messagesOn(card: Locator): Promise<number | undefined> {
  const [text = ''] = await card.getByRole('row', { name: /messages received/ }).allTextContents();
  const [, count] = /([\d,]+) messages received/.exec(text) ?? [];
  return count === undefined ? undefined : Number(count.replaceAll(',', ''));
}

/** Opens the details of a connection at a tab, by the menu of its card; gives the drawer. */
export async function openDetails(page: Page, name: string, tab: string): Promise<Locator> {
  await cardOf(page, name)
    .getByRole('button', { name: `More about ${name}` })
    .click();
  await page.getByRole('menuitem', { name: tab, exact: true }).click();
  return page.getByRole('dialog', { name: `Details of ${name}` });
}

/** Chooses in the menu of a card. */
export async function choose(page: Page, name: string, item: string): Promise<void> {
  await cardOf(page, name)
    .getByRole('button', { name: `More about ${name}` })
    .click();
  await page.getByRole('menuitem', { name: item, exact: true }).click();
}
