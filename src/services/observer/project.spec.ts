import { describe, expect, it } from 'vitest';
import { Pod, Service, Workload } from '../../api/evidence.ts';
import { projectEvent, projectPod, projectResource, projectService, projectWorkload } from './project.ts';

const created = { creationTimestamp: '2026-03-01T09:00:00Z', uid: 'uid-1', namespace: 'meshplay' };

describe('workloads', () => {
  const spec = { template: { spec: { containers: [{ name: 'nats', image: 'nats:2.8.2-alpine3.15' }] } } };

  it('know their role by name, label or owner, and their family', () => {
    const byName = projectWorkload(
      { metadata: { ...created, name: 'meshplay-broker' }, spec },
      'StatefulSet',
    );
    expect(Workload.parse(byName)).toMatchObject({
      role: 'broker',
      family: 'meshplay',
      replicas: 1,
      ready: 0,
    });
    const owner = { apiVersion: 'meshery.io/v1alpha2', kind: 'MeshSync', name: 'x', uid: 'u' };
    const byOwner = projectWorkload(
      { metadata: { ...created, name: 'custom', ownerReferences: [owner] }, spec },
      'Deployment',
    );
    expect(byOwner).toMatchObject({ role: 'meshsync', family: 'meshery', ownedByResource: true });
  });

  it('of somebody else are left out', () => {
    expect(
      projectWorkload({ metadata: { ...created, name: 'grafana' }, spec }, 'Deployment'),
    ).toBeUndefined();
    const labels = { 'app.kubernetes.io/name': 'nats', 'app.kubernetes.io/instance': 'orders' };
    expect(
      projectPod({ metadata: { ...created, name: 'orders-nats-0', labels }, status: {} }),
    ).toBeUndefined();
  });
});

describe('pods', () => {
  it('tell why a container waits, and why it ended the time before', () => {
    const pod = projectPod({
      metadata: { ...created, name: 'meshplay-meshsync-7c', labels: { component: 'meshsync' } },
      status: {
        phase: 'Running',
        conditions: [{ type: 'Ready', status: 'False' }],
        containerStatuses: [
          {
            name: 'meshsync',
            image: 'example/meshsync:1.0.3',
            ready: false,
            restartCount: 7,
            state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s' } },
            lastState: { terminated: { reason: 'OOMKilled', exitCode: 137 } },
          },
        ],
      },
    });
    expect(Pod.parse(pod)).toMatchObject({
      ready: false,
      containers: [
        { state: 'waiting', reason: 'CrashLoopBackOff', lastReason: 'OOMKilled', exitCode: 137, restarts: 7 },
      ],
    });
  });

  it('that no node takes say so in the words of the scheduler', () => {
    const pod = projectPod({
      metadata: { ...created, name: 'meshplay-operator-5f' },
      status: {
        phase: 'Pending',
        conditions: [
          { type: 'PodScheduled', status: 'False', message: '0/1 nodes are available: 1 had taint' },
        ],
      },
    });
    expect(pod).toMatchObject({
      role: 'operator',
      unschedulable: '0/1 nodes are available: 1 had taint',
      containers: [],
    });
  });
});

describe('services', () => {
  it('give every address from outside, and no cluster address when headless', () => {
    const service = projectService({
      metadata: { ...created, name: 'meshplay-broker' },
      spec: {
        type: 'LoadBalancer',
        clusterIP: 'None',
        ports: [{ name: 'client', port: 4222, nodePort: 30_222 }],
      },
      status: { loadBalancer: { ingress: [{ hostname: 'broker.example' }, { ip: '203.0.113.7' }] } },
    });
    expect(Service.parse(service)).toEqual({
      role: 'broker',
      namespace: 'meshplay',
      name: 'meshplay-broker',
      type: 'LoadBalancer',
      externalAddresses: ['broker.example', '203.0.113.7'],
      ports: [{ name: 'client', port: 4222, nodePort: 30_222 }],
    });
  });
});

describe('resources and events', () => {
  it('of an unfinished Broker have no endpoint, and no undefined field', () => {
    const api = {
      kind: 'Broker',
      family: 'meshplay',
      group: 'meshplay.khulnasoft.com',
      version: 'v1alpha1',
    } as const;
    const broker = projectResource(
      { metadata: { ...created, name: 'meshplay-broker' }, spec: { size: 1 } },
      api,
    );
    expect(broker).toEqual({
      ...api,
      namespace: 'meshplay',
      name: 'meshplay-broker',
      uid: 'uid-1',
      createdAt: '2026-03-01T09:00:00.000Z',
      finalizers: [],
      size: 1,
      conditions: [],
    });
  });

  it('take the latest time of an event, and leave out what is about others', () => {
    const event = (name: string) => ({
      metadata: { ...created, name: `${name}.17` },
      type: 'Warning',
      reason: 'Failed',
      message: 'Error: ImagePullBackOff',
      involvedObject: { kind: 'Pod', name },
      lastTimestamp: '2026-03-01T09:30:00Z',
      count: 4,
    });
    expect(projectEvent(event('meshplay-operator-5f'))).toMatchObject({
      lastAt: '2026-03-01T09:30:00.000Z',
      count: 4,
    });
    expect(projectEvent(event('grafana-0'))).toBeUndefined();
  });
});
