import type { Locator } from '@playwright/test';

/** A kubeconfig with one context, its user and its cluster of the same name. */
export function kubeconfigText(options: {
  readonly context: string;
  readonly server: string;
  readonly user: Readonly<Record<string, unknown>>;
  /** Beside the server. */
  readonly cluster?: Readonly<Record<string, unknown>>;
}): string {
  const { context, server, user, cluster = {} } = options;
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': context,
    clusters: [{ name: context, cluster: { server, ...cluster } }],
    users: [{ name: context, user }],
    contexts: [{ name: context, context: { cluster: context, user: context } }],
  });
}

/** Gives a dialog that takes kubeconfigs the text of one. */
export async function paste(dialog: Locator, text: string): Promise<void> {
  await dialog.getByLabel('or paste one').fill(text);
  await dialog.getByRole('button', { name: 'Look at what was pasted' }).click();
}
