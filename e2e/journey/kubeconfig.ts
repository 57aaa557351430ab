/** A kubeconfig with one context, its user and its cluster of the same name. */
export function kubeconfigText(options: {
  readonly context: string;
  readonly server: string;
  readonly user: Readonly<Record<string, unknown>>;
}): string {
  const { context, server, user } = options;
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': context,
    clusters: [{ name: context, cluster: { server } }],
    users: [{ name: context, user }],
    contexts: [{ name: context, context: { cluster: context, user: context } }],
  });
}
