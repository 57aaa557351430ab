import type { ConnectionSummary } from '../../api/connection.ts';
import type { Finding } from '../../api/diagnosis.ts';
import type { Evidence } from '../../api/evidence.ts';
import type { Judgement } from '../../core/judge/judge.ts';
import { isoTime } from '../timing.ts';
import { rootOf, StateAges } from './judging.ts';

/** While all is well the time of the last look is shown to the minute, so that an idle page gets its 304. */
const SEEN_STEP_MS = 60_000;

/** Makes the cards of one connection, and remembers what a card says of the past. */
export class Summariser {
  readonly #ages = new StateAges();
  #shown = '';
  #changedMs: number;
  #seenMs: number | undefined;

  constructor(nowMs: number) {
    this.#changedMs = nowMs;
  }

  summarise(
    evidence: Evidence,
    judgement: Judgement,
    findings: readonly Finding[],
    nowMs: number,
    about: Pick<ConnectionSummary, 'id' | 'name' | 'origin' | 'lifecycle' | 'uncheckedWays'> & {
      nextTryMs: number | undefined;
    },
  ): ConnectionSummary {
    const { api, link, streams } = evidence;
    const { nextTryMs, ...who } = about;
    const isWell = api.status === 'seen';
    if (isWell && nowMs - (this.#seenMs ?? -Infinity) >= SEEN_STEP_MS) this.#seenMs = nowMs;
    if (api.status === 'failed' && api.lastSeenAt !== undefined) this.#seenMs = Date.parse(api.lastSeenAt);
    const known = api.status === 'seen' ? api.value : api.status === 'failed' ? api.lastValue : undefined;
    const shown = {
      ...who,
      server: evidence.server,
      isTlsVerified: evidence.isTlsVerified,
      health: judgement.health,
      ...(known === undefined || known.version === '' ? {} : { kubernetesVersion: known.version }),
      families: judgement.families,
      isServerInCluster: evidence.isServerInCluster,
      controllers: this.#ages.date(judgement.controllers, evidence.pods, nowMs),
      hops: judgement.hops,
      ...rootOf(findings),
    };
    const text = JSON.stringify(shown);
    if (text !== this.#shown) this.#changedMs = nowMs;
    this.#shown = text;
    const isDoubted = streams.some(
      ({ state, failure }) => state === 'silent' || (state === 'retrying' && failure !== undefined),
    );
    return {
      ...shown,
      changedAt: isoTime(this.#changedMs),
      ...(this.#seenMs === undefined ? {} : { seenAt: isoTime(this.#seenMs) }),
      isStale: isDoubted || (api.status === 'failed' && api.lastSeenAt !== undefined),
      messages: link.messages,
      ratePerSecond: link.ratePerSecond,
      ...(link.lastMessageAt === undefined ? {} : { lastMessageAt: link.lastMessageAt }),
      ...(nextTryMs === undefined ? {} : { nextTryAt: isoTime(nextTryMs) }),
    };
  }
}
