import type { Monitor } from '../../../api/evidence.ts';
import type { serverCatalogue } from '../catalogue/server.ts';
import {
  ageMs,
  isClientListComplete,
  FIRST_MESSAGE_LIMIT_MS,
  isLinkDown,
  isLinkUp,
  isServing,
  isSettling,
  meshsyncClients,
  podsOf,
  type Scene,
  takesData,
} from '../scene.ts';
import { isStale, quietSeconds, staleAfterSeconds } from '../../meshsync/staleness.ts';
import { isLastAnAnswer } from '../states.ts';
import { ageWords, rateWords } from '../words.ts';
import { detected, type Detector } from './detector.ts';
import { isBrokerExpected, linkFault, routeWords } from './link-fault.ts';
import { waitDetector } from './wait.ts';

const MONITOR_SETTLES_MS = 5000;
const RESYNC_ANSWER_MS = 60_000;
const SLOW_ROUND_TRIP_MS = 1000;
const STORM_PER_SECOND = 2000;
const SERVER_NAMES = new Set(['meshplay-server', 'meshery-server', 'meshplay', 'meshery']);

/** Our entry in the Broker’s list, when that list was read after the link had settled. */
function ourEntry(scene: Scene): { readonly entry: Monitor['clients'][number] | undefined } | undefined {
  const { monitor } = scene.evidence;
  if (!isLinkUp(scene) || scene.monitor === undefined || monitor.status !== 'seen') return undefined;
  if (Date.parse(monitor.seenAt) - Date.parse(scene.link.sinceAt) < MONITOR_SETTLES_MS) return undefined;
  return { entry: scene.monitor.clients.find((client) => client.isOurs) };
}

function resourceFamilies(scene: Scene): ReadonlySet<string> {
  return new Set(
    (scene.resources ?? [])
      .filter((resource) => resource.kind === 'MeshSync')
      .map((resource) => resource.family),
  );
}

/** Who MeshSync itself listens as, by its request subject in the Broker’s list: a fork has subjects of its own. */
function publishingFamilies(scene: Scene): string[] {
  const subscriptions = meshsyncClients(scene).flatMap((client) => client.subscriptions);
  return subscriptions.flatMap((subject) => /^(\w+)\.meshsync\.request$/.exec(subject)?.[1] ?? []);
}

/** Families whose data subject is not among ours. */
function unheard(scene: Scene): string[] {
  const isHeard = (family: string) =>
    scene.link.subjects.some(
      (subject) => subject.startsWith(`${family}.`) || subject.startsWith('*') || subject === '>',
    );
  const families = new Set([...resourceFamilies(scene), ...publishingFamilies(scene)]);
  return [...families].filter((family) => !isHeard(family));
}

/** A pod of before may go on publishing for so long beside the new one. */
const OVERLAP_MS = 60_000;

/**
 * Families of which data was heard from the MeshSync that runs now. What was counted before its pod was made is of
 * another, perhaps of another image; so is, where more came later, what came while the two overlapped.
 */
function heardFamilies(scene: Scene): ReadonlySet<string> {
  const { messagesBySubject, lastBySubject } = scene.link;
  const heardSince = (sinceMs: number) =>
    new Set(
      Object.entries(messagesBySubject).flatMap(([subject, count]) => {
        const lastAt = lastBySubject?.[subject];
        const isRecent = lastAt === undefined || Date.parse(lastAt) >= sinceMs;
        return count > 0 && takesData(subject) && isRecent ? [subject.split('.')[0] ?? ''] : [];
      }),
    );
  const made = (podsOf(scene, 'meshsync') ?? []).filter(isServing).map((pod) => Date.parse(pod.createdAt));
  if (made.length === 0 || lastBySubject === undefined) return heardSince(Number.NEGATIVE_INFINITY);
  const sinceMs = Math.max(...made);
  const settled = heardSince(sinceMs + OVERLAP_MS);
  return settled.size > 0 ? settled : heardSince(sinceMs);
}

function isSubscriptionMissing(scene: Scene): boolean {
  const entry = ourEntry(scene)?.entry;
  return entry !== undefined && !entry.subscriptions.some(takesData);
}

function isSilentFromTheStart(scene: Scene): boolean {
  const since = Math.max(Date.parse(scene.link.sinceAt), scene.observedSinceMs);
  const isExpected = isBrokerExpected(scene) && !isSettling(scene, 'meshsync');
  return (
    !scene.isApiDown &&
    isLinkUp(scene) &&
    isExpected &&
    scene.link.messages === 0 &&
    scene.nowMs - since >= FIRST_MESSAGE_LIMIT_MS
  );
}

function isDataStale(scene: Scene): boolean {
  const { link, nowMs } = scene;
  return !scene.isApiDown && isLinkUp(scene) && link.messages > 0 && isStale(link, nowMs);
}

export const serverDetectors: Readonly<Record<keyof typeof serverCatalogue, Detector>> = {
  'MT-S-01': (scene) =>
    linkFault(scene) === 'denied'
      ? detected('link', scene.link.failure?.message ?? 'the Broker forbids the subscription')
      : isSubscriptionMissing(scene)
        ? detected('monitor', 'our client has no subscription to a data subject')
        : undefined,
  'MT-S-02': (scene) => {
    const found = ourEntry(scene);
    return found !== undefined &&
      found.entry === undefined &&
      scene.monitor !== undefined &&
      isClientListComplete(scene)
      ? detected('monitor', `${scene.monitor.connections} connections, none of them ours`)
      : undefined;
  },
  'MT-S-03': (scene) => {
    const missing = unheard(scene);
    return isSilentFromTheStart(scene) && missing.length > 0 && scene.link.subjects.length > 0
      ? detected(
          'link',
          `subscribed to ${scene.link.subjects.join(', ')}; MeshSync is of ${missing.join(', ')}`,
        )
      : undefined;
  },
  'MT-S-04': (scene) =>
    isSilentFromTheStart(scene) && !isSubscriptionMissing(scene) && unheard(scene).length === 0
      ? detected('link', `connected for ${ageWords(ageMs(scene, scene.link.sinceAt))}, 0 messages`)
      : undefined,
  'MT-S-05': (scene) => {
    if (!isDataStale(scene)) return undefined;
    const { link, nowMs } = scene;
    const quietMs = quietSeconds(link, nowMs) * 1000;
    const usual = `for this cluster, more than ${ageWords(staleAfterSeconds(link) * 1000)} is unusual`;
    const last = `last message ${ageWords(ageMs(scene, link.lastMessageAt))} ago`;
    return isLastAnAnswer(scene)
      ? {
          facts: [
            { text: `no change told for ${ageWords(quietMs)}; ${usual}`, source: 'link' },
            { text: `${last}, in answer to this server`, source: 'link' },
          ],
          summary: `MeshSync answers, but has told of no change for ${ageWords(quietMs)}.`,
        }
      : detected('link', `${last}; ${usual}`, {
          summary: `No message has arrived for ${ageWords(quietMs)}.`,
        });
  },
  'MT-S-06': (scene) => {
    const { link } = scene;
    const asked = link.resyncAskedAt;
    if (
      scene.isApiDown ||
      !isLinkUp(scene) ||
      link.messages === 0 ||
      isDataStale(scene) ||
      asked === undefined
    )
      return undefined;
    const isUnanswered =
      link.lastMessageAt === undefined || Date.parse(link.lastMessageAt) < Date.parse(asked);
    return isUnanswered && ageMs(scene, asked) >= RESYNC_ANSWER_MS
      ? detected('link', `asked ${ageWords(ageMs(scene, asked))} ago, no message since`)
      : undefined;
  },
  'MT-S-07': (scene) =>
    (scene.monitor?.slowConsumers ?? 0) > 0
      ? detected('monitor', `${scene.monitor?.slowConsumers ?? 0} times since the Broker started`, {
          values: { namespace: scene.workload.broker?.namespace },
        })
      : undefined,
  'MT-S-08': (scene) => {
    const { roundTripMs } = scene.link;
    return !scene.isApiDown &&
      isLinkUp(scene) &&
      roundTripMs !== undefined &&
      roundTripMs > SLOW_ROUND_TRIP_MS
      ? detected('link', `round trip ${Math.round(roundTripMs)} ms`)
      : undefined;
  },
  'MT-S-09': (scene) =>
    !scene.isApiDown && isLinkUp(scene) && scene.link.ratePerSecond > STORM_PER_SECOND
      ? detected('link', rateWords(scene.link.ratePerSecond), {
          values: { namespace: scene.workload.meshsync?.namespace, workload: scene.workload.meshsync?.name },
        })
      : undefined,
  'MT-S-10': (scene) =>
    !scene.isApiDown && isBrokerExpected(scene) && isLinkDown(scene) && !isSettling(scene, 'broker')
      ? detected('link', routeWords(scene))
      : undefined,
  'MT-S-11': (scene) => {
    const wanted = resourceFamilies(scene);
    const heard = heardFamilies(scene);
    const isOther = wanted.size > 0 && heard.size > 0 && [...heard].every((family) => !wanted.has(family));
    return isOther && !scene.isApiDown
      ? detected('link', `messages of ${[...heard].join(', ')}; the resource is of ${[...wanted].join(', ')}`)
      : undefined;
  },
  'MT-S-12': (scene) => {
    // A list read while the link came up may hold our own session before it was known as ours.
    if (ourEntry(scene) === undefined) return undefined;
    const others =
      scene.monitor?.clients.filter((client) => !client.isOurs && SERVER_NAMES.has(client.name)) ?? [];
    return others.length > 0
      ? detected(
          'monitor',
          others.map((client) => `${client.name} (${client.address ?? `client ${client.cid}`})`).join(', '),
        )
      : undefined;
  },
  'MT-S-13': waitDetector('server', 'This server is starting to listen'),
};
