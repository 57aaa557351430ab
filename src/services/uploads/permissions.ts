import type { ContextAbility } from '../../api/kubeconfig-upload.ts';
import type { AccessQuestion, ClusterApi } from '../ports.ts';

const RBAC = 'rbac.authorization.k8s.io';
const DEFINITIONS = { group: 'apiextensions.k8s.io', resource: 'customresourcedefinitions' };

/** What each ability rests on. Source: domain.md 11.6. */
const NEEDED: Readonly<Record<ContextAbility['ability'], readonly AccessQuestion[]>> = {
  watch: [
    ...['deployments', 'statefulsets'].map((resource) => ({ verb: 'watch', group: 'apps', resource })),
    ...['pods', 'services'].map((resource) => ({ verb: 'watch', group: '', resource })),
    { verb: 'get', group: '', resource: 'secrets' },
    { verb: 'watch', ...DEFINITIONS },
  ],
  install: [
    { verb: 'create', group: '', resource: 'namespaces' },
    { verb: 'create', ...DEFINITIONS },
    { verb: 'create', group: RBAC, resource: 'clusterroles' },
    { verb: 'escalate', group: RBAC, resource: 'clusterroles' },
    { verb: 'create', group: RBAC, resource: 'clusterrolebindings' },
    { verb: 'patch', group: 'apps', resource: 'deployments' },
    { verb: 'create', group: '', resource: 'serviceaccounts' },
  ],
  'port-forward': [
    { verb: 'get', group: '', resource: 'pods' },
    { verb: 'create', group: '', resource: 'pods', subresource: 'portforward' },
  ],
};

/** Asks the API server what these credentials may do; throws `ClusterError` when it does not answer. */
export async function askAbilities(api: ClusterApi, signal: AbortSignal): Promise<ContextAbility[]> {
  const abilities = Object.entries(NEEDED) as [ContextAbility['ability'], readonly AccessQuestion[]][];
  return Promise.all(
    abilities.map(async ([ability, questions]) => {
      const answers = await Promise.all(
        questions.map(async (question) => ({ question, ...(await api.mayI(question, signal)) })),
      );
      const missing = answers.filter(({ isAllowed }) => !isAllowed).map(({ question }) => wordsOf(question));
      return { ability, isAllowed: missing.length === 0, missing };
    }),
  );
}

function wordsOf({ verb, group, resource, subresource }: AccessQuestion): string {
  return `${verb} ${resource}${subresource === undefined ? '' : `/${subresource}`}${group === '' ? '' : `.${group}`}`;
}
