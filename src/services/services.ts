import type { RouteName } from '../api/routes.ts';
import { judge } from '../core/judge/judge.ts';
import type { Ports } from './ports.ts';
import { EventLog } from './registry/event-log.ts';
import { createRegistry } from './registry/registry.ts';
import type { Registry } from './registry/registry.ts';

/** Everything that runs behind the handlers, made once a process. */
export interface Services {
  readonly ports: Ports;
  readonly registry: Registry;
  readonly events: EventLog;
  readonly startedAtMs: number;
  /** Reads what was kept and starts observing; resolves when the first discovery is done. */
  start(): Promise<void>;
  /** Stops everything that was started and writes what is unwritten. */
  close(): Promise<void>;
  /**
   * Version of what a route would answer to these parameters, whatever the query; undefined where it is not known
   * cheaply. A transport answers 304 with it before anything is looked up.
   */
  versionOf(name: RouteName, params: Readonly<Record<string, string>>): string | undefined;
}

/** Wires the services over the ports; nothing runs before `start`. */
export function createServices(ports: Ports): Services {
  const { clock, log, state } = ports;
  const events = new EventLog({ clock, log, state });
  const registry = createRegistry({ ports, events, judge });
  const startedAtMs = clock.now();
  // Counters begin anew with the process, so its name is part of every version.
  const process = clock.uuid().slice(0, 8);
  const stamped = (version: number | undefined) =>
    version === undefined ? undefined : `${process}-${version}`;
  return {
    ports,
    registry,
    events,
    startedAtMs,
    async start() {
      await events.load();
      await registry.start();
    },
    async close() {
      await registry.close();
      await events.close();
    },
    versionOf(name, params) {
      switch (name) {
        case 'connectionList':
          return stamped(registry.version());
        case 'connectionView':
          return stamped(registry.versionOf(params['connectionId'] ?? ''));
        case 'eventList':
          return stamped(events.version());
        case 'activityView': {
          const { messages, ratePerSecond, lastMs, connected } = registry.activity();
          const parts = [messages, ratePerSecond, lastMs, connected, registry.connections().length];
          return `${process}-${parts.join('-')}`;
        }
        case 'kubeconfigView':
          return stamped(registry.discoveryVersion());
        default:
          return undefined;
      }
    },
  };
}
