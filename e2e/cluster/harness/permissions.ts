import type { KubeApi } from './kube-api.ts';

const RBAC = '/apis/rbac.authorization.k8s.io/v1';

/** A rule of a ClusterRole. */
export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** What our server needs to observe and no more, one rule a resource, so that one can be taken away. */
export function observerRules(group: string): Rule[] {
  const read = ['get', 'list', 'watch'];
  const rule = (apiGroup: string, resource: string, verbs = read): Rule => ({
    apiGroups: [apiGroup],
    resources: [resource],
    verbs,
  });
  return [
    rule('apiextensions.k8s.io', 'customresourcedefinitions'),
    rule(group, 'brokers'),
    rule(group, 'meshsyncs'),
    rule('apps', 'deployments'),
    rule('apps', 'statefulsets'),
    rule('', 'pods'),
    rule('', 'services'),
    rule('', 'events'),
    rule('', 'secrets'),
    rule('', 'namespaces'),
    rule('', 'pods/portforward', ['create', 'get']),
    rule('', 'pods/log', ['get']),
  ];
}

/** Binds `user` to exactly these rules on the whole cluster; said again, it replaces what was said before. */
export async function permit(api: KubeApi, user: string, rules: readonly Rule[]): Promise<void> {
  const name = `test-${user}`;
  await api.create(`${RBAC}/clusterroles`, { metadata: { name }, rules });
  await api.create(`${RBAC}/clusterrolebindings`, {
    metadata: { name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
    subjects: [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: user }],
  });
  await api.patch(`${RBAC}/clusterroles/${name}`, { rules });
}
