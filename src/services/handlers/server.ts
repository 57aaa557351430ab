import type { Handlers } from '../../api/routes.ts';
import type { RequestContext } from '../request-context.ts';
import type { Services } from '../services.ts';
import { isoTime } from '../timing.ts';

/** Above this everything a person does here feels slow, and the times of observations are late. */
const SLOW_LOOP_MS = 250;

export function createServerHandlers({
  ports,
  registry,
  events,
  startedAtMs,
}: Services): Pick<Handlers<RequestContext>, 'serverView' | 'healthView' | 'activityView'> {
  const { clock, environment, intake } = ports;
  return {
    serverView: () => ({
      name: 'meshplay-troubleshooter' as const,
      version: environment.version,
      runtime: environment.runtime,
      startedAt: isoTime(startedAtMs),
      now: isoTime(clock.now()),
      isInCluster: environment.isInCluster,
      // On the offline page there is nothing else: it must stay possible to enter a world again.
      hasSandbox:
        ports.sandbox !== undefined && (environment.isOffline || ports.sandbox.current() !== undefined),
      isOffline: environment.isOffline,
    }),
    healthView: () => {
      const vitals = environment.vitals();
      const eventProblem = events.problem();
      const problems = [
        ...(intake === undefined ? ['No database is open, so nothing MeshSync sends is stored.'] : []),
        ...(intake?.isBehind() === true ? ['Storing is slower than what MeshSync sends.'] : []),
        ...(eventProblem === undefined ? [] : [eventProblem]),
        ...(vitals.eventLoopDelayMs > SLOW_LOOP_MS ? ['This server is short of processor time.'] : []),
      ];
      return {
        status: problems.length === 0 ? ('ok' as const) : ('degraded' as const),
        problems,
        ...vitals,
        connections: registry.connections().length,
        uptimeSeconds: Math.max(0, Math.round((clock.now() - startedAtMs) / 1000)),
      };
    },
    activityView: ({ query }) => {
      const activity = registry.activity();
      // A cursor from before a restart is ahead of the counter; then everything counted is new.
      const since = query.since ?? activity.messages;
      const arrived = since > activity.messages ? activity.messages : activity.messages - since;
      return {
        cursor: activity.messages,
        arrived,
        ratePerSecond: activity.ratePerSecond,
        ...(activity.lastMs === undefined ? {} : { lastMessageAt: isoTime(activity.lastMs) }),
        connected: activity.connected,
        connections: registry.connections().length,
      };
    },
  };
}
