import type { Evidence, Observation, Pod, Workload } from '../../../api/evidence.ts';
import type { CheckSuite } from '../../../api/check.ts';
import type { Controller } from '../../../api/shapes.ts';
import { recogniseLogLines } from '../log-lines.ts';
import type { Outcome } from '../engine.ts';
import { type CheckScene, fail, pass, skip, warn, type SuiteCheck } from './scene.ts';

const LOG_TAIL_LINES = 200;
/** Removed from its registry (domain.md 1.2), so no new node can pull it. */
const DEAD_IMAGE = 'kube-rbac-proxy';
const PULL_REFUSED = /fail(ed)? to pull|ErrImagePull|ImagePullBackOff|manifest unknown/i;
const LATELY_MS = 3_600_000;

/** The value seen, or the words why nothing may be claimed. */
export function seen<T>(observation: Observation<T>): { value: T } | { blind: Outcome } {
  switch (observation.status) {
    case 'seen':
      return { value: observation.value };
    case 'failed':
      // The permissions are asked about by a check of their own, which is the cause then.
      if (observation.failure.kind === 'forbidden') {
        return {
          blind: {
            ...skip(`cannot be observed: ${observation.failure.message}`),
            skippedBecause: 'kubernetes-may-watch',
          },
        };
      }
      return { blind: fail(`cannot be observed: ${observation.failure.message}`) };
    case 'pending':
      return { blind: skip('not looked at yet; try again in a moment') };
  }
}

/** What must be there before a workload can be: without it, a missing workload is only its consequence. */
const ASKED_FOR_BY: Readonly<Record<Controller, string>> = {
  operator: 'operator-definitions',
  broker: 'broker-resource',
  meshsync: 'meshsync-resource',
};

/** The workload, pods and log of a controller: the same questions for all three. */
export function workloadChecks(
  scene: CheckScene,
  suite: CheckSuite & Controller,
  title: string,
): SuiteCheck[] {
  const base = { suite, hop: suite, timeoutMs: 5000 } as const;
  const evidence = (): Evidence => scene.target.evidence();
  return [
    {
      ...base,
      id: `${suite}-workload`,
      title: `${title} is rolled out`,
      needs: [ASKED_FOR_BY[suite]],
      run: () => {
        const workloads = seen(evidence().workloads);
        if ('blind' in workloads) return Promise.resolve(workloads.blind);
        const own = workloads.value.filter((one) => one.role === suite);
        return Promise.resolve(judgeWorkloads(own, title));
      },
    },
    {
      ...base,
      id: `${suite}-pods`,
      title: `Its pods are well`,
      needs: [`${suite}-workload`],
      run: () => {
        const pods = seen(evidence().pods);
        if ('blind' in pods) return Promise.resolve(pods.blind);
        return Promise.resolve(
          judgePods(
            pods.value.filter((one) => one.role === suite),
            title,
          ),
        );
      },
    },
    {
      ...base,
      id: `${suite}-image`,
      title: `Its images can be pulled`,
      needs: [`${suite}-pods`],
      run: () => {
        const workloads = seen(evidence().workloads);
        if ('blind' in workloads) return Promise.resolve(workloads.blind);
        const own = workloads.value.filter((one) => one.role === suite);
        return Promise.resolve(judgeImages(own, evidence(), scene.clock.now(), title));
      },
    },
    {
      ...base,
      id: `${suite}-log`,
      title: `Its log has no known error`,
      needs: [`${suite}-workload`],
      // A log that could not be read in time is no log with an error.
      whenLate: 'skip',
      run: async (signal) => {
        const { pods } = evidence();
        const pod =
          pods.status === 'seen'
            ? pods.value.find((one) => one.role === suite && one.phase === 'Running')
            : undefined;
        const api = scene.target.api();
        if (pod === undefined || api === undefined) return skip('no pod runs whose log could be read');
        const container = pod.containers.find(
          (one) => !['kube-rbac-proxy', 'reloader'].includes(one.name),
        )?.name;
        const text = await api.logs(
          { namespace: pod.namespace, name: pod.name, ...(container === undefined ? {} : { container }) },
          { tailLines: LOG_TAIL_LINES },
          signal,
        );
        const known = recogniseLogLines(text);
        const newest = known.at(-1);
        if (newest === undefined)
          return pass(`${text.split('\n').filter(Boolean).length} lines read, none of them a known error`);
        return warn(newest.meaning, {
          evidence: known.slice(-5).map((one) => one.line.slice(0, 300)),
          remedy: newest.remedy,
          command: `kubectl logs -n ${pod.namespace} ${pod.name}${container === undefined ? '' : ` -c ${container}`} --tail=${LOG_TAIL_LINES}`,
        });
      },
    },
  ];
}

function judgeWorkloads(own: readonly Workload[], title: string): Outcome {
  const first = own[0];
  if (first === undefined) return fail(`there is no ${title}`, { remedy: `Install ${title}.` });
  const evidence = own.map(
    (one) =>
      `${one.kind} ${one.namespace}/${one.name}: ${one.ready} of ${one.replicas} ready, ${one.containers.map((container) => container.image).join(', ')}`,
  );
  const unready = own.find((one) => one.ready < one.replicas || one.replicas === 0);
  if (unready !== undefined) {
    return fail(
      unready.replicas === 0
        ? `${unready.kind} ${unready.name} is scaled to zero`
        : `${unready.ready} of ${unready.replicas} ready`,
      {
        evidence,
        remedy: unready.replicas === 0 ? `Redeploy ${title}.` : 'See why its pods are not ready.',
      },
    );
  }
  if (own.length > 1) return warn(`there are ${own.length} of it`, { evidence });
  return pass(`${first.ready} of ${first.replicas} ready`, { evidence });
}

/** No registry is asked: a pod that runs has pulled its image, and events tell where a node was refused it. */
function judgeImages(
  own: readonly Workload[],
  { pods, events }: Evidence,
  nowMs: number,
  title: string,
): Outcome {
  const images = [...new Set(own.flatMap((one) => one.containers.map(({ image }) => image)))];
  const dead = images.find((image) => image.includes(DEAD_IMAGE));
  if (dead !== undefined) {
    return warn(`${dead} was removed from its registry: no new node can pull it`, {
      evidence: images,
      remedy: `Redeploy ${title}: this product’s manifest does without.`,
    });
  }
  const names = new Set(pods.status === 'seen' ? pods.value.map(({ name }) => name) : []);
  const prefixes = own.map(({ name }) => `${name}-`);
  const refused =
    events.status === 'seen'
      ? events.value.find(
          (one) =>
            one.objectKind === 'Pod' &&
            prefixes.some((prefix) => one.objectName.startsWith(prefix)) &&
            nowMs - Date.parse(one.lastAt) < LATELY_MS &&
            PULL_REFUSED.test(`${one.reason} ${one.message}`),
        )
      : undefined;
  if (refused !== undefined) {
    return warn(`a node was refused it lately: ${refused.message}`, {
      evidence: [...images, `pod ${refused.objectName}${names.has(refused.objectName) ? '' : ', gone now'}`],
      remedy: 'See whether the tag still exists, and whether the pull secret is right.',
    });
  }
  const moving = images.filter((image) => /(:|-)latest$|^[^:@]+$/.test(image));
  return pass(
    moving.length === 0
      ? 'pulled by the pods that run; the registry itself was not asked'
      : `pulled by the pods that run, by a tag that moves: what it leads to next is not known`,
    { evidence: images },
  );
}

function judgePods(pods: readonly Pod[], title: string): Outcome {
  if (pods.length === 0)
    return fail('it has no pod', { remedy: `See the events of the namespace, then redeploy ${title}.` });
  const evidence = pods.map(
    (pod) =>
      `${pod.namespace}/${pod.name}: ${pod.phase}, ${pod.ready ? 'ready' : 'not ready'}, ${pod.containers.map((one) => `${one.name} ${one.state}${one.reason === undefined ? '' : ` (${one.reason})`}, ${one.restarts} restarts`).join('; ')}`,
  );
  for (const pod of pods) {
    if (pod.unschedulable !== undefined)
      return fail(`no node takes it: ${pod.unschedulable}`, {
        evidence,
        remedy: 'Make room on a node, or remove the taint.',
      });
    const stuck = pod.containers.find(
      (one) => one.state === 'waiting' && one.reason !== undefined && one.reason !== 'ContainerCreating',
    );
    if (stuck !== undefined)
      return fail(
        `container ${stuck.name}: ${stuck.reason ?? ''}${stuck.message === undefined ? '' : `, ${stuck.message}`}`,
        { evidence },
      );
  }
  if (pods.every((pod) => !pod.ready)) return fail('no pod is ready', { evidence });
  const restarts = Math.max(...pods.flatMap((pod) => pod.containers.map((one) => one.restarts)));
  return restarts > 2
    ? warn(`it was restarted ${restarts} times`, { evidence })
    : pass('ready', { evidence });
}
