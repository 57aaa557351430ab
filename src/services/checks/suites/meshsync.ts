import type { ControllerResource } from '../../../api/evidence.ts';
import type { Freshness } from '../../../api/resource.ts';
import type { Outcome } from '../engine.ts';
import { seen, workloadChecks } from './controllers.ts';
import {
  type CheckScene,
  fail,
  isOverloaded,
  pass,
  skip,
  warn,
  type SuiteCheck,
  timeWords,
} from './scene.ts';
import { judgeWatchList, servedGroups } from './watch-list.ts';

const ANSWER_LIMIT_MS = 4000;

export function meshsyncChecks(scene: CheckScene): SuiteCheck[] {
  const base = { suite: 'meshsync', hop: 'meshsync', timeoutMs: 5000 } as const;
  const evidence = () => scene.target.evidence();
  const own = (): ControllerResource | undefined => {
    const { resources } = evidence();
    return resources.status === 'seen' ? resources.value.find((one) => one.kind === 'MeshSync') : undefined;
  };
  const client = () => {
    const { monitor } = evidence();
    return monitor.status === 'seen'
      ? monitor.value.clients.find((one) => one.name === 'meshsync')
      : undefined;
  };
  return [
    {
      ...base,
      id: 'meshsync-resource',
      title: 'Its resource exists',
      needs: ['operator-definitions'],
      run: () => {
        const resources = seen(evidence().resources);
        if ('blind' in resources) return Promise.resolve(resources.blind);
        const found = own();
        if (found === undefined)
          return Promise.resolve(fail('there is no MeshSync resource', { remedy: 'Install MeshSync.' }));
        const line = `${found.namespace}/${found.name} of ${found.group}/${found.version}, publishing to ${found.publishingTo ?? 'nothing yet'}`;
        if (found.deletedAt !== undefined)
          return Promise.resolve(
            fail('it is being deleted', {
              evidence: [line],
              remedy: 'If nobody finishes it, release its finalizers.',
            }),
          );
        return Promise.resolve(pass(`${found.namespace}/${found.name}`, { evidence: [line] }));
      },
    },
    {
      ...base,
      id: 'meshsync-broker-named',
      title: 'It names a Broker that exists',
      needs: ['meshsync-resource'],
      run: () => {
        const found = own();
        const { resources } = evidence();
        if (found?.brokerUrl !== undefined)
          return Promise.resolve(pass(`its own address ${found.brokerUrl}`));
        if (found?.brokerName === undefined) return Promise.resolve(warn('it names none'));
        const there =
          resources.status === 'seen' &&
          resources.value.some(
            (one) =>
              one.kind === 'Broker' &&
              one.name === found.brokerName &&
              one.namespace === (found.brokerNamespace ?? found.namespace),
          );
        const name = `${found.brokerNamespace ?? found.namespace}/${found.brokerName}`;
        return Promise.resolve(
          there
            ? pass(name)
            : fail(`there is no Broker ${name}`, {
                remedy: 'Install the Broker, or mend spec.broker.native.',
              }),
        );
      },
    },
    {
      ...base,
      id: 'meshsync-watch-list',
      title: 'Its watch-list can be read',
      needs: ['meshsync-resource'],
      run: async (signal) => judgeWatchList(own(), await servedGroups(scene, signal)),
    },
    ...workloadChecks(scene, 'meshsync', 'MeshSync'),
    {
      ...base,
      id: 'meshsync-version',
      title: 'Its version is not a known bad one',
      needs: ['meshsync-workload'],
      run: () => {
        const { workloads } = evidence();
        const image =
          workloads.status === 'seen'
            ? workloads.value.find((one) => one.role === 'meshsync')?.containers[0]?.image
            : undefined;
        const [, major, minor, patch] = /:v?(\d+)\.(\d+)\.(\d+)$/.exec(image ?? '') ?? [];
        if (image === undefined || major === undefined) return Promise.resolve(pass(image ?? 'no image'));
        const isOld = Number(major) < 1 || (Number(major) === 1 && Number(minor) === 0 && Number(patch) < 1);
        return Promise.resolve(
          isOld
            ? warn(`${image}: before 1.0.1 it reads nats:// addresses wrongly and has no health probes`, {
                remedy: 'Install a newer MeshSync.',
              })
            : pass(image),
        );
      },
    },
    {
      ...base,
      id: 'meshsync-connected',
      title: 'It is connected to the Broker',
      needs: ['meshsync-workload', 'broker-ways'],
      run: () => {
        const { monitor, link } = evidence();
        const found = client();
        if (found !== undefined)
          return Promise.resolve(
            pass(`client ${found.cid}${found.address === undefined ? '' : ` from ${found.address}`}`, {
              evidence: found.subscriptions,
            }),
          );
        if (monitor.status !== 'seen')
          return Promise.resolve(
            link.lastMessageAt === undefined
              ? warn('the Broker’s monitoring does not answer, and nothing has come yet')
              : pass(`messages arrive, the last at ${timeWords(link.lastMessageAt)}`),
          );
        return Promise.resolve(
          fail('the Broker has no client named meshsync', {
            remedy: 'Redeploy MeshSync: its client gives up for ever after two minutes.',
          }),
        );
      },
    },
    {
      ...base,
      id: 'meshsync-listens',
      title: 'It listens for requests',
      needs: ['meshsync-connected'],
      run: () => {
        const found = client();
        if (found === undefined) return Promise.resolve(skip('the Broker’s monitoring does not answer'));
        return Promise.resolve(
          found.subscriptions.some((one) => one.endsWith('.meshsync.request'))
            ? pass('subscribed to requests')
            : fail('it has no subscription for requests', { remedy: 'Redeploy MeshSync.' }),
        );
      },
    },
    {
      ...base,
      id: 'meshsync-answers',
      title: 'It answers a request for everything',
      needs: ['meshsync-connected'],
      run: async (signal) => {
        const before = evidence().link.messages;
        const startedMs = scene.clock.now();
        scene.target.link.resync();
        const isAnswered = await scene.target.waitFor(
          (_view, now) => now.link.messages > before,
          ANSWER_LIMIT_MS,
          signal,
        );
        if (!isAnswered) {
          const words = `no message within ${ANSWER_LIMIT_MS / 1000} s`;
          // The answer may lie here unread.
          return isOverloaded(scene)
            ? warn(`${words}, but this server is overloaded`, { remedy: 'Try again when it is not.' })
            : fail(words, { remedy: 'Redeploy MeshSync.' });
        }
        return pass(`first message after ${Math.round(scene.clock.now() - startedMs)} ms`);
      },
    },
    {
      ...base,
      id: 'meshsync-publishing',
      title: 'What it publishes arrives here',
      needs: ['meshsync-answers'],
      run: async (signal) => {
        if (client() === undefined) return skip('the Broker’s monitoring does not answer');
        const has = () => (client()?.inMessages ?? 0) > 0;
        // The Broker is asked for its counters every few seconds only.
        if (!has()) await scene.target.waitFor(has, ANSWER_LIMIT_MS, signal);
        const published = client()?.inMessages ?? 0;
        const { messages, messagesBySubject } = evidence().link;
        const lines = Object.entries(messagesBySubject).map(([subject, count]) => `${subject}: ${count}`);
        const words = `${published} published by this client, ${messages} arrived here`;
        if (published === 0)
          return warn('the Broker has counted nothing from it', { remedy: 'Redeploy MeshSync.' });
        return messages === 0
          ? fail(words, { evidence: lines, remedy: 'See that MeshSync and this server are of one family.' })
          : pass(words, { evidence: lines });
      },
    },
    {
      ...base,
      id: 'meshsync-freshness',
      title: 'What it told of each kind is fresh',
      needs: ['meshsync-connected'],
      whenLate: 'skip',
      run: async () => {
        if (scene.insight === undefined) return skip('there is no database here');
        try {
          return judgeFreshness(await scene.insight.freshness(scene.target.id));
        } catch (error) {
          // A database that does not answer has a check of its own; nothing is known of what MeshSync told.
          return skip(`could not be measured: ${error instanceof Error ? error.message : String(error)}`);
        }
      },
    },
  ];
}

function judgeFreshness({
  kinds,
  isStale,
  staleAfterSeconds,
  needsResync,
  lastMessageAt,
}: Freshness): Outcome {
  const lines = kinds
    .slice(0, 40)
    .map(
      (one) =>
        `${one.kind}: ${one.rows} rows, last told at ${timeWords(one.lastMessageAt, 'a time before this server started')}`,
    );
  const remedy = 'Ask MeshSync for everything again (Re-sync).';
  if (needsResync) return warn('messages were lost on the way', { evidence: lines, remedy });
  if (isStale)
    return warn(
      `no change for more than ${Math.round(staleAfterSeconds)} s, which is unusual; the last message of any kind, answers too, at ${timeWords(lastMessageAt)}`,
      { evidence: lines, remedy },
    );
  if (kinds.length === 0) return warn('nothing of this cluster is stored yet', { remedy });
  return pass(`${kinds.length} kinds, the last message at ${timeWords(lastMessageAt)}`, {
    evidence: lines,
  });
}
