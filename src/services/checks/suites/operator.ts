import type { Workload } from '../../../api/evidence.ts';
import { ClusterError } from '../../ports.ts';
import type { Outcome } from '../engine.ts';
import { seen, workloadChecks } from './controllers.ts';
import { findLeaderLock, judgeLeaderLock } from './leader-lock.ts';
import { type CheckScene, fail, pass, skip, warn, type SuiteCheck } from './scene.ts';

export function operatorChecks(scene: CheckScene): SuiteCheck[] {
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
      id: 'operator-version',
      title: 'Its version is not a known bad one',
      needs: ['operator-workload'],
      run: () => {
        const workloads = seen(evidence().workloads);
        if ('blind' in workloads) return Promise.resolve(workloads.blind);
        const own = workloads.value.find((one) => one.role === 'operator');
        return Promise.resolve(judgeOperatorVersion(own));
      },
    },
    {
      ...base,
      id: 'operator-webhook',
      title: 'Versions of its resources are converted',
      needs: ['operator-definitions'],
      run: (signal) => judgeConversion(scene, signal),
    },
    {
      ...base,
      id: 'operator-leader',
      title: 'One of it leads',
      needs: ['operator-workload'],
      run: async (signal) => {
        const api = scene.target.api();
        const { workloads, pods } = evidence();
        const own =
          workloads.status === 'seen' ? workloads.value.find((one) => one.role === 'operator') : undefined;
        if (api === undefined || own === undefined) return skip('there is no Operator to lead');
        const names =
          pods.status === 'seen'
            ? pods.value.filter((one) => one.role === 'operator').map((one) => one.name)
            : undefined;
        try {
          const lock = await findLeaderLock(api, own.namespace, signal);
          return judgeLeaderLock(lock, scene.clock.now(), names);
        } catch (error) {
          // Who may not look at it has no fault of the Operator before them.
          if (error instanceof ClusterError && error.failure.kind === 'forbidden')
            return skip('this identity may not read the lock');
          throw error;
        }
      },
    },
  ];
}

/** Before 1.0 there is a side container whose image is gone; 1.0.0 and 1.0.1 name the Broker otherwise (domain.md 1.4). */
function judgeOperatorVersion(own: Workload | undefined): Outcome {
  const manager = own?.containers.find((one) => one.name === 'manager') ?? own?.containers[0];
  if (manager === undefined) return skip('it has no container');
  const { image } = manager;
  const [, major, minor, patch] = /:v?(\d+)\.(\d+)\.(\d+)$/.exec(image) ?? [];
  if (major === undefined)
    return pass('its tag names no version, so which one runs cannot be told', { evidence: [image] });
  const remedy = 'Install a newer Operator.';
  if (Number(major) < 1)
    return warn(`${major}.${minor}.${patch}: before 1.0 it needs a side container whose image is gone`, {
      evidence: [image],
      remedy,
    });
  if (Number(major) === 1 && Number(minor) === 0 && Number(patch) < 2)
    return warn(`${major}.${minor}.${patch}: before 1.0.2 the Broker has another name than is looked for`, {
      evidence: [image],
      remedy,
    });
  return pass(`${major}.${minor}.${patch}`, { evidence: [image] });
}

/**
 * Reads each resource by each served version: where a webhook converts, the API server must call it for that, and says
 * in its refusal what is wrong with its certificate or Service.
 */
async function judgeConversion(scene: CheckScene, signal: AbortSignal): Promise<Outcome> {
  const definitions = seen(scene.target.evidence().definitions);
  if ('blind' in definitions) return definitions.blind;
  const converted = definitions.value.filter((one) => one.conversion === 'Webhook');
  if (converted.length === 0) return pass('without a webhook: its versions are alike');
  const api = scene.target.api();
  if (api === undefined) return skip('there is no way into this cluster');
  let objects = 0;
  for (const { name, group, versions } of converted) {
    const plural = name.slice(0, name.indexOf('.'));
    for (const version of versions) {
      if (!version.served) continue;
      try {
        const kind = { group, version: version.name, plural, isNamespaced: true };
        const page = await api.list(kind, { limit: 1 }, signal);
        objects += version.stored ? 0 : page.items.length;
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof ClusterError)) throw error;
        return fail(`${plural} cannot be read as ${version.name}: ${error.failure.message}`, {
          evidence: converted.map((one) => `${one.name}: conversion by webhook`),
          remedy:
            'Install the Operator again: its definitions need no webhook here. Or renew the certificate.',
        });
      }
    }
  }
  return objects === 0
    ? pass('by a webhook, which was not needed: no resource is kept in another version')
    : pass('by a webhook, which answers');
}
