import type { Check } from '../engine.ts';
import { seen, workloadChecks } from './controllers.ts';
import { type CheckScene, fail, pass, skip, warn } from './scene.ts';

/** Removed from its registry (domain.md 1.2), so no new node can pull it. */
const DEAD_IMAGE = 'kube-rbac-proxy';

export function operatorChecks(scene: CheckScene): Check[] {
  const base = { suite: 'operator', hop: 'operator', timeoutMs: 5000 } as const;
  const evidence = () => scene.target.evidence();
  return [
    {
      ...base,
      id: 'operator-definitions',
      title: 'Its definitions are served',
      needs: ['kubernetes-authentication'],
      run: () => {
        const definitions = seen(evidence().definitions);
        if ('blind' in definitions) return Promise.resolve(definitions.blind);
        const list = definitions.value;
        const lines = list.map(
          (one) =>
            `${one.name}: ${one.versions.map((version) => `${version.name}${version.served ? '' : ' (not served)'}${version.stored ? ', stored' : ''}`).join('; ')}, conversion ${one.conversion}`,
        );
        if (list.length === 0)
          return Promise.resolve(
            fail('neither Broker nor MeshSync is defined in this cluster', {
              remedy: 'Install the Operator.',
            }),
          );
        const unserved = list.find((one) => !one.versions.some((version) => version.served));
        if (unserved !== undefined)
          return Promise.resolve(
            fail(`${unserved.name} serves no version`, {
              evidence: lines,
              remedy: 'Install the definitions again.',
            }),
          );
        const kinds = new Set(list.map((one) => one.kind));
        if (kinds.size < 2)
          return Promise.resolve(
            fail(`only ${[...kinds].join()} is defined`, {
              evidence: lines,
              remedy: 'Install the definitions again.',
            }),
          );
        const groups = new Set(list.map((one) => one.group));
        return Promise.resolve(
          groups.size > 1
            ? warn(`definitions of ${groups.size} groups: ${[...groups].join(', ')}`, { evidence: lines })
            : pass(`group ${[...groups].join()}`, { evidence: lines }),
        );
      },
    },
    ...workloadChecks(scene, 'operator', 'Operator'),
    {
      ...base,
      id: 'operator-image',
      title: 'Its images can still be pulled',
      needs: ['operator-workload'],
      run: () => {
        const workloads = seen(evidence().workloads);
        if ('blind' in workloads) return Promise.resolve(workloads.blind);
        const containers = workloads.value
          .filter((one) => one.role === 'operator')
          .flatMap((one) => one.containers);
        const lines = containers.map((one) => `${one.name}: ${one.image}`);
        if (containers.some((one) => one.image.includes(DEAD_IMAGE))) {
          return Promise.resolve(
            warn(
              'it carries kube-rbac-proxy, whose image was removed from its registry: no new node can pull it',
              { evidence: lines, remedy: 'Redeploy the Operator: this product’s manifest does without.' },
            ),
          );
        }
        const tag =
          containers
            .find((one) => one.name === 'manager')
            ?.image.split(':')
            .at(-1) ?? '';
        return Promise.resolve(pass(tag === '' ? 'no tag' : tag, { evidence: lines }));
      },
    },
    {
      ...base,
      id: 'operator-leader',
      title: 'One of it leads',
      needs: ['operator-workload'],
      run: async (signal) => {
        const api = scene.target.api();
        const { workloads } = evidence();
        const own =
          workloads.status === 'seen' ? workloads.value.find((one) => one.role === 'operator') : undefined;
        if (api === undefined || own === undefined) return skip('there is no Operator to lead');
        const leases = await api.list(
          { group: 'coordination.k8s.io', version: 'v1', plural: 'leases', isNamespaced: true },
          { namespace: own.namespace, limit: 100 },
          signal,
        );
        const lease = leases.items.find((one) => one.metadata.name.includes('operator'));
        if (lease === undefined) return pass('it uses no lease (operators before 1.0 do not)');
        const renewed = /"renewTime":"([^"]+)"/.exec(JSON.stringify(lease['spec'] ?? {}))?.[1];
        const holder = /"holderIdentity":"([^"]*)"/.exec(JSON.stringify(lease['spec'] ?? {}))?.[1];
        const ageMs = renewed === undefined ? Number.NaN : scene.clock.now() - Date.parse(renewed);
        if (holder === undefined || holder === '')
          return warn(`nobody holds ${lease.metadata.name}`, { remedy: 'Redeploy the Operator.' });
        return ageMs > 60_000
          ? warn(`${holder} held it last ${Math.round(ageMs / 1000)} s ago`, {
              remedy: 'Redeploy the Operator.',
            })
          : pass(`${holder} holds ${lease.metadata.name}`);
      },
    },
  ];
}
