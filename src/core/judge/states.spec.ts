import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../api/evidence.ts';
import {
  ago,
  badPod,
  broker,
  CONTEXT,
  failed,
  healthyEvidence,
  HOUR,
  link,
  linkDown,
  meshsync,
  monitor,
  ourClient,
  pod,
  podsWith,
  SECOND,
  seen,
  service,
  unreadyWorkload,
  workload,
  workloadsWith,
} from './fixtures.ts';
import { judge } from './judge.ts';

/** States in the order Operator, MeshSync, Broker. */
function statesOf(overrides: Partial<Evidence>): string {
  return judge(healthyEvidence(overrides), CONTEXT)
    .controllers.map((controller) => controller.state)
    .join(' ');
}

const noMeshsyncClient = seen(monitor({ clients: [ourClient] }));
const quietLink = link({ lastMessageAt: ago(HOUR), ratePerSecond: 0 });
const apiDown: Partial<Evidence> = { api: failed('timeout') };

interface Row {
  readonly row: string;
  readonly evidence: Partial<Evidence>;
  /** Operator, MeshSync, Broker. */
  readonly states: string;
}

describe('states as the guide defines them', () => {
  const rows: Row[] = [
    {
      row: 'MeshSync ENABLED: resource exists, no controller',
      evidence: {
        workloads: workloadsWith('meshsync', undefined),
        pods: podsWith('meshsync', undefined),
        monitor: noMeshsyncClient,
      },
      states: 'DEPLOYED ENABLED CONNECTED',
    },
    {
      row: 'MeshSync DEPLOYED: controller exists and does not run',
      evidence: {
        workloads: workloadsWith('meshsync', unreadyWorkload('meshsync')),
        pods: podsWith('meshsync', badPod('meshsync', { reason: 'ImagePullBackOff' })),
      },
      states: 'DEPLOYED DEPLOYED CONNECTED',
    },
    {
      row: 'MeshSync RUNNING: pod runs, not connected',
      evidence: { monitor: noMeshsyncClient, link: quietLink },
      states: 'DEPLOYED RUNNING CONNECTED',
    },
    { row: 'MeshSync CONNECTED', evidence: {}, states: 'DEPLOYED CONNECTED CONNECTED' },
    {
      row: 'MeshSync UNDEPLOYED: resource absent',
      evidence: {
        resources: seen([broker()]),
        workloads: workloadsWith('meshsync', undefined),
        pods: podsWith('meshsync', undefined),
      },
      states: 'DEPLOYED UNDEPLOYED CONNECTED',
    },
    {
      row: 'Broker DEPLOYED: no external address',
      evidence: {
        services: seen([service('broker', { type: 'ClusterIP', externalAddresses: [] })]),
        link: linkDown(),
      },
      states: 'DEPLOYED CONNECTED DEPLOYED',
    },
    {
      row: 'Broker DEPLOYED: address, but the server is no client',
      evidence: { link: linkDown() },
      states: 'DEPLOYED CONNECTED DEPLOYED',
    },
    {
      row: 'Broker UNDEPLOYED: resource absent',
      evidence: {
        resources: seen([meshsync()]),
        workloads: workloadsWith('broker', undefined),
        pods: podsWith('broker', undefined),
        link: linkDown(),
      },
      states: 'DEPLOYED CONNECTED UNDEPLOYED',
    },
    {
      row: 'Operator DEPLOYING: rollout in progress',
      evidence: {
        workloads: workloadsWith('operator', unreadyWorkload('operator', { createdAt: ago(5 * SECOND) })),
        pods: podsWith('operator', pod('operator', { ready: false, createdAt: ago(5 * SECOND) })),
      },
      states: 'DEPLOYING CONNECTED CONNECTED',
    },
    {
      row: 'Operator NOTDEPLOYED: no Deployment',
      evidence: { workloads: workloadsWith('operator', undefined), pods: podsWith('operator', undefined) },
      states: 'NOTDEPLOYED CONNECTED CONNECTED',
    },
    { row: 'UNKNOWN: no observation', evidence: apiDown, states: 'UNKNOWN UNKNOWN UNKNOWN' },
    ...(['invalid-config', 'exec-missing', 'unauthorized', 'unreachable'] as const).map((kind) => ({
      row: `UNKNOWN: ${kind}`,
      evidence: { api: failed<never>(kind) },
      states: 'UNKNOWN UNKNOWN UNKNOWN',
    })),
  ];
  it.each(rows)('$row', ({ evidence, states }) => {
    expect(statesOf(evidence)).toBe(states);
  });
});

describe('rows of the existing code, ours right where it is wrong', () => {
  const crunch = badPod('broker', { reason: 'CrashLoopBackOff', restarts: 7 });
  const rows: Row[] = [
    {
      row: 'Operator: Deployment 404',
      evidence: { workloads: workloadsWith('operator', undefined), pods: podsWith('operator', undefined) },
      states: 'NOTDEPLOYED CONNECTED CONNECTED',
    },
    {
      row: 'Operator: reinstalled from outside is seen, whatever we did before',
      evidence: {},
      states: 'DEPLOYED CONNECTED CONNECTED',
    },
    {
      row: 'Operator: Deployment cannot be read',
      evidence: { workloads: failed('forbidden') },
      states: 'UNKNOWN CONNECTED CONNECTED',
    },
    {
      row: 'Operator: old replica still there',
      evidence: { workloads: workloadsWith('operator', workload('operator', { total: 2 })) },
      states: 'DEPLOYING CONNECTED CONNECTED',
    },
    {
      row: 'Operator: image cannot be pulled',
      evidence: {
        workloads: workloadsWith('operator', unreadyWorkload('operator')),
        pods: podsWith('operator', badPod('operator', { reason: 'ImagePullBackOff' })),
      },
      states: 'DEPLOYING CONNECTED CONNECTED',
    },
    {
      row: 'Operator: crash loop',
      evidence: {
        workloads: workloadsWith('operator', unreadyWorkload('operator')),
        pods: podsWith('operator', badPod('operator', { reason: 'CrashLoopBackOff', restarts: 7 })),
      },
      states: 'DEPLOYING CONNECTED CONNECTED',
    },
    {
      row: 'Operator: quota used up',
      evidence: {
        workloads: workloadsWith('operator', unreadyWorkload('operator', { total: 0, updated: 0 })),
        pods: podsWith('operator', undefined),
      },
      states: 'DEPLOYING CONNECTED CONNECTED',
    },
    { row: 'Broker: resource found, data flows', evidence: {}, states: 'DEPLOYED CONNECTED CONNECTED' },
    {
      row: 'Broker: resource found, crash loop',
      evidence: {
        workloads: workloadsWith('broker', unreadyWorkload('broker')),
        pods: podsWith('broker', crunch),
        link: link({ state: 'lost' }),
      },
      states: 'DEPLOYED CONNECTED DEPLOYED',
    },
    {
      row: 'Broker: resource found, StatefulSet missing',
      evidence: {
        workloads: workloadsWith('broker', undefined),
        pods: podsWith('broker', undefined),
        link: linkDown(),
        monitor: failed('refused'),
      },
      states: 'DEPLOYED RUNNING DEPLOYED',
    },
    {
      row: 'Broker: resource 404, StatefulSet runs',
      evidence: { resources: seen([meshsync()]) },
      states: 'DEPLOYED CONNECTED UNDEPLOYED',
    },
    {
      row: 'Broker: resource unreadable, no StatefulSet',
      evidence: {
        resources: failed('forbidden'),
        workloads: workloadsWith('broker', undefined),
        pods: podsWith('broker', undefined),
        link: linkDown(),
        monitor: failed('refused'),
      },
      states: 'DEPLOYED DEPLOYED UNDEPLOYED',
    },
    {
      row: 'Broker: resource unreadable, StatefulSet rolled out',
      evidence: { resources: failed('forbidden'), link: linkDown() },
      states: 'DEPLOYED CONNECTED DEPLOYED',
    },
    {
      row: 'Broker: resource unreadable, StatefulSet not ready',
      evidence: {
        resources: failed('forbidden'),
        workloads: workloadsWith('broker', unreadyWorkload('broker')),
        pods: podsWith('broker', crunch),
        link: linkDown(),
      },
      states: 'DEPLOYED CONNECTED DEPLOYING',
    },
    {
      row: 'Broker and MeshSync: resource and workload unreadable',
      evidence: {
        resources: failed('forbidden'),
        workloads: failed('forbidden'),
        pods: failed('forbidden'),
        link: linkDown(),
        monitor: failed('refused'),
      },
      states: 'UNKNOWN UNKNOWN UNKNOWN',
    },
    {
      row: 'MeshSync: resource found, no pod',
      evidence: {
        pods: podsWith('meshsync', undefined),
        workloads: workloadsWith('meshsync', unreadyWorkload('meshsync', { total: 0 })),
        monitor: noMeshsyncClient,
      },
      states: 'DEPLOYED ENABLED CONNECTED',
    },
    { row: 'MeshSync: running and listed', evidence: {}, states: 'DEPLOYED CONNECTED CONNECTED' },
    {
      row: 'MeshSync: running, monitor unreachable, no data',
      evidence: { monitor: failed('timeout'), link: linkDown() },
      states: 'DEPLOYED RUNNING DEPLOYED',
    },
    {
      row: 'MeshSync: pods exist, none runs',
      evidence: {
        pods: podsWith('meshsync', pod('meshsync', { phase: 'Pending', ready: false })),
        workloads: workloadsWith('meshsync', unreadyWorkload('meshsync')),
        monitor: noMeshsyncClient,
      },
      states: 'DEPLOYED DEPLOYED CONNECTED',
    },
    {
      row: 'MeshSync: phase Running between two crashes',
      evidence: {
        pods: podsWith('meshsync', badPod('meshsync', { reason: 'CrashLoopBackOff', restarts: 7 })),
        workloads: workloadsWith('meshsync', unreadyWorkload('meshsync')),
      },
      states: 'DEPLOYED DEPLOYED CONNECTED',
    },
    {
      row: 'MeshSync: phase Running while it is being terminated',
      evidence: {
        pods: podsWith('meshsync', pod('meshsync', { deletedAt: ago(20 * SECOND) })),
        workloads: workloadsWith('meshsync', unreadyWorkload('meshsync')),
      },
      states: 'DEPLOYED DEPLOYED CONNECTED',
    },
    {
      row: 'MeshSync: resource 404',
      evidence: { resources: seen([broker()]) },
      states: 'DEPLOYED UNDEPLOYED CONNECTED',
    },
    {
      row: 'MeshSync: resource unreadable, Deployment absent',
      evidence: {
        resources: failed('forbidden'),
        workloads: workloadsWith('meshsync', undefined),
        pods: podsWith('meshsync', undefined),
        monitor: noMeshsyncClient,
      },
      states: 'DEPLOYED UNDEPLOYED CONNECTED',
    },
    {
      row: 'MeshSync: resource unreadable, Deployment not ready',
      evidence: {
        resources: failed('forbidden'),
        workloads: workloadsWith('meshsync', unreadyWorkload('meshsync')),
        pods: podsWith('meshsync', pod('meshsync', { ready: false })),
        monitor: noMeshsyncClient,
      },
      states: 'DEPLOYED DEPLOYING CONNECTED',
    },
    {
      row: 'MeshSync: resource unreadable, Deployment rolled out',
      evidence: { resources: failed('forbidden'), monitor: noMeshsyncClient, link: quietLink },
      states: 'DEPLOYED DEPLOYED CONNECTED',
    },
    {
      row: 'overlay: our live link does not raise a MeshSync that is not there',
      evidence: {
        pods: podsWith('meshsync', undefined),
        workloads: workloadsWith('meshsync', unreadyWorkload('meshsync', { replicas: 0, total: 0 })),
      },
      states: 'DEPLOYED ENABLED CONNECTED',
    },
  ];
  it.each(rows)('$row', ({ evidence, states }) => {
    expect(statesOf(evidence)).toBe(states);
  });

  it('tells why a rollout of the Operator is not done', () => {
    const { controllers } = judge(
      healthyEvidence({
        workloads: workloadsWith('operator', unreadyWorkload('operator')),
        pods: podsWith('operator', badPod('operator', { reason: 'CrashLoopBackOff', restarts: 7 })),
      }),
      CONTEXT,
    );
    expect(controllers[0].because.map(({ text }) => text).join(' ')).toContain('CrashLoopBackOff');
  });

  it('reads versions from images with a registry port and a digest', () => {
    const images = (name: string, image: string) => ({ containers: [{ name, image }] });
    const { controllers } = judge(
      healthyEvidence({
        workloads: seen([
          workload('operator', images('manager', 'host:5000/meshery/meshery-operator:1.0.5')),
          workload('meshsync', images('meshsync', `host:5000/meshsync@sha256:${'ab12'.repeat(16)}`)),
          workload('broker', images('nats', `host:5000/nats:2.14.2-alpine@sha256:${'cd34'.repeat(16)}`)),
        ]),
      }),
      CONTEXT,
    );
    expect(controllers.map((controller) => controller.version)).toEqual([
      '1.0.5',
      'ab12ab12ab12',
      '2.14.2-alpine',
    ]);
  });
});
