/** Proves the harness itself: what the other specs stand on must be real. */
import { connect } from '@nats-io/transport-node';
import { Agent, WebSocket } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { waitFor } from './harness/poll.ts';
import { startTcpProxy } from './harness/proxy.ts';
import { startWorld, type World } from './harness/world.ts';

const Connz = z.looseObject({ connections: z.array(z.looseObject({ name: z.string().optional() })) });
const Envelope = z.object({
  ObjectType: z.string(),
  EventType: z.string(),
  Object: z.unknown(),
});
const WireObject = z.looseObject({
  kind: z.string(),
  cluster_id: z.string(),
  metadata: z.looseObject({
    name: z.string(),
    labels: z.array(z.looseObject({ key: z.string() })).optional(),
  }),
});

let world: World;

beforeAll(async () => {
  world = await startWorld({ family: 'meshery', generation: 'new' });
  await world.install();
}, 120_000);

afterAll(async () => {
  await world.stop();
}, 30_000);

async function readToken(): Promise<string> {
  const secret = await world.controlPlane.api.get(world.paths.brokerSecret);
  return Buffer.from(secret.data?.['token'] ?? '', 'base64').toString('utf8');
}

function podStatus(prefix: string) {
  return waitFor(`pod ${prefix}`, async () => {
    const pods = await world.controlPlane.api.list(`${world.paths.core}/pods`);
    return pods.items.find(({ metadata }) => metadata.name.startsWith(prefix));
  }).then(({ value }) => value);
}

describe('the control plane', () => {
  it('answers as a real one, and knows who may do what', async () => {
    const version = z
      .looseObject({ gitVersion: z.string() })
      .parse(await world.controlPlane.api.request('GET', '/version'));
    expect(version.gitVersion).toMatch(/^v1\.\d+/);
    await expect(world.controlPlane.api.get('/api/v1/namespaces/absent')).rejects.toMatchObject({
      status: 404,
    });
  });

  it('turns resources into workloads by its own controllers', async () => {
    const { api } = world.controlPlane;
    const broker = await waitFor('the operator publishes an endpoint', async () => {
      const found = await api.get(world.paths.broker);
      return JSON.stringify(found.status ?? {}).includes('internal') && found;
    });
    expect(broker.value.status).toMatchObject({ endpoint: { internal: `${world.clusterIp}:4222` } });
    expect(broker.value.metadata.finalizers).toEqual([`broker.${world.names.group}/finalizer`]);
    const pod = await podStatus('meshery-meshsync-');
    expect(pod.metadata.ownerReferences?.[0]?.kind).toBe('ReplicaSet');
  });
});

describe('the kubelet', () => {
  it('serves logs behind the real API server', async () => {
    world.kubelet.setLogs(world.paths.brokerPod, 'nats', ['one', 'two', 'three']);
    const path = `${world.paths.core}/pods/${world.paths.brokerPod}/log?container=nats&tailLines=2`;
    expect(await world.controlPlane.api.request('GET', path)).toBe('two\nthree\n');
  });

  it('forwards a port to NATS behind the real API server', async () => {
    const { server, tls, adminToken } = world.controlPlane;
    const path = `${world.paths.core}/pods/${world.paths.brokerPod}/portforward?ports=4222`;
    const socket = new WebSocket(`${server.replace('https', 'wss')}${path}`, {
      protocols: ['v4.channel.k8s.io'],
      headers: { authorization: `Bearer ${adminToken}` },
      dispatcher: new Agent({ connect: { ca: tls.cert } }),
    });
    socket.binaryType = 'arraybuffer';
    const frames: Buffer[] = [];
    socket.addEventListener('message', (event) => void frames.push(Buffer.from(event.data as ArrayBuffer)));
    await waitFor('three frames', () => frames.length >= 3);
    socket.close();
    expect(frames[0]).toEqual(Buffer.from([0, 4222 & 0xff, 4222 >> 8]));
    expect(frames[1]).toEqual(Buffer.from([1, 4222 & 0xff, 4222 >> 8]));
    expect(frames[2]?.toString('utf8')).toContain('INFO {');
  });

  it('tells of images that cannot be pulled, and mends them', async () => {
    const deployment = `${world.paths.apps}/deployments`;
    const labels = { app: 'pull-test' };
    world.kubelet.failPulls(/example\/absent/);
    await world.controlPlane.api.create(deployment, {
      metadata: { name: 'pull-test' },
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: { containers: [{ name: 'main', image: 'example/absent:1' }] },
        },
      },
    });
    const isIn = (word: string) => async () =>
      JSON.stringify((await podStatus('pull-test-')).status ?? {}).includes(word);
    await waitFor('ImagePullBackOff', isIn('ImagePullBackOff'));
    world.kubelet.failPulls(undefined);
    await waitFor('running', isIn('"running"'));
    await world.controlPlane.api.remove(`${deployment}/pull-test`, { propagationPolicy: 'Background' });
    const found = await waitFor('the pods go', async () => {
      const pods = await world.controlPlane.api.list(`${world.paths.core}/pods`);
      return pods.items.every(({ metadata }) => !metadata.name.startsWith('pull-test-'));
    });
    expect(found.value).toBe(true);
  });
});

describe('MeshSync', () => {
  it('speaks the wire format to a real Broker', async () => {
    const nats = await connect({
      servers: `${world.clusterIp}:4222`,
      token: await readToken(),
      name: 'listener',
    });
    try {
      const bodies: string[] = [];
      nats.subscribe('meshery.meshsync.core', {
        callback: (_, message) => void bodies.push(message.string()),
      });
      nats.subscribe('reply.here', {
        callback: (_, message) => void bodies.push(`store:${message.string()}`),
      });
      await nats.flush();
      await world.controlPlane.api.create(`${world.paths.core}/configmaps`, {
        metadata: { name: 'wire-test', labels: { app: 'wire' } },
        data: { key: 'value' },
      });
      const { value } = await waitFor('the change arrives', () =>
        bodies
          .filter((body) => !body.startsWith('store:'))
          .map((body) => Envelope.parse(JSON.parse(body)))
          .map((body) => ({ ...body, object: WireObject.parse(body.Object) }))
          .find(({ object }) => object.metadata.name === 'wire-test'),
      );
      expect(value).toMatchObject({
        ObjectType: 'meshsync-data',
        EventType: 'ADDED',
        object: { kind: 'ConfigMap' },
      });
      expect(value.object.metadata.labels?.[0]?.key).toBe('app');
      const system = await world.controlPlane.api.get('/api/v1/namespaces/kube-system');
      expect(value.object.cluster_id).toBe(system.metadata.uid);

      const request = { Request: { Entity: 'informer-store', Payload: { Reply: 'reply.here' } } };
      nats.publish('meshery.meshsync.request', JSON.stringify(request));
      const stored = await waitFor('the store arrives', () => {
        const replies = bodies
          .filter((body) => body.startsWith('store:'))
          .map((body) => body.slice('store:'.length));
        const batches = replies.map((body) =>
          z.array(WireObject).parse(Envelope.parse(JSON.parse(body)).Object),
        );
        return batches.flat().some(({ kind }) => kind === 'Node') && batches;
      });
      expect(Math.max(...stored.value.map((batch) => batch.length))).toBeLessThanOrEqual(5);
    } finally {
      await nats.close();
    }
  });

  it('is a client of the Broker while its pod runs, and not after', async () => {
    const clients = async () => {
      const reply = await fetch(`http://${world.clusterIp}:8222/connz`);
      return Connz.parse(await reply.json()).connections.map(({ name }) => name);
    };
    expect(await clients()).toContain('meshsync');
    await world.controlPlane.api.patch(world.paths.meshsyncDeployment, { spec: { replicas: 0 } });
    await waitFor('MeshSync leaves', async () => !(await clients()).includes('meshsync'));
    await world.controlPlane.api.patch(world.paths.meshsyncDeployment, { spec: { replicas: 1 } });
    await world.untilConnected();
    expect(await clients()).toContain('meshsync');
  });
});

describe('NATS', () => {
  it('refuses a wrong token, freezes, thaws, dies and comes back', async () => {
    const servers = `${world.clusterIp}:4222`;
    await expect(connect({ servers, token: 'wrong', reconnect: false })).rejects.toThrow(/auth/i);
    const nats = world.broker.nats();
    await nats.freeze();
    const probe = () => fetch(`http://${world.clusterIp}:8222/healthz`, { signal: AbortSignal.timeout(500) });
    await expect(probe()).rejects.toMatchObject({ name: 'TimeoutError' });
    nats.thaw();
    expect((await waitFor('it answers again', probe)).value.ok).toBe(true);
    await world.broker.kill();
    await waitFor('the pod crash-loops', async () =>
      JSON.stringify((await podStatus(world.paths.brokerPod)).status ?? {}).includes('CrashLoopBackOff'),
    );
    await world.broker.start();
    await world.untilConnected();
    await world.broker.changeToken('tanother');
    expect(await readToken()).toBe('tanother');
    await world.untilConnected();
  });
});

describe('faults of the API server', () => {
  it('freezes, thaws, stops and comes back on the same port', async () => {
    const { controlPlane } = world;
    await controlPlane.freeze();
    const slow = controlPlane.api.get('/api/v1/namespaces/kube-system');
    const first = await Promise.race([
      slow.then(() => 'answered'),
      new Promise((resolve) => setTimeout(resolve, 700, 'silent')),
    ]);
    expect(first).toBe('silent');
    controlPlane.thaw();
    expect((await slow).metadata.name).toBe('kube-system');
    await controlPlane.stopApi();
    await expect(controlPlane.api.get('/api/v1/namespaces/kube-system')).rejects.toMatchObject({
      code: expect.stringMatching(/^ECONN(REFUSED|RESET)$/),
    });
    await controlPlane.startApi();
    expect((await controlPlane.api.get('/api/v1/namespaces/kube-system')).metadata.name).toBe('kube-system');
  });

  it('can be hidden behind a proxy that passes, swallows or refuses', async () => {
    const proxy = await startTcpProxy({ target: { host: world.clusterIp, port: 8222 } });
    const probe = (timeoutMs: number) =>
      fetch(`http://127.0.0.1:${proxy.port}/healthz`, {
        signal: AbortSignal.timeout(timeoutMs),
        headers: { connection: 'close' },
      });
    try {
      expect((await probe(10_000)).ok).toBe(true);
      await proxy.setMode('black-hole');
      await expect(probe(700)).rejects.toMatchObject({ name: 'TimeoutError' });
      await proxy.setMode('refuse');
      await expect(probe(10_000)).rejects.toThrow('fetch failed');
    } finally {
      await proxy.stop();
    }
  });
});

describe('deletion', () => {
  it('waits for the operator’s finalizer, and ends with the workloads gone', async () => {
    const { api } = world.controlPlane;
    await api.remove(world.paths.meshsync);
    await waitFor('MeshSync is gone', async () => (await api.find(world.paths.meshsync)) === undefined);
    await waitFor('its pod is gone', () => world.meshsync() === undefined);
    await world.removeOperator();
    await api.remove(world.paths.broker);
    const stuck = await api.get(world.paths.broker);
    expect(stuck.metadata.deletionTimestamp).toBeDefined();
    expect(world.broker.nats().isRunning()).toBe(true);
  });
});
