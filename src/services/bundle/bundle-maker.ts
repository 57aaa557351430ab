import { BUNDLE_VERSION, type Bundle, type BundledConnection } from '../../api/bundle.ts';
import { ApiError } from '../../api/errors.ts';
import type { ControllerLog } from '../../api/log.ts';
import { CONTROLLERS } from '../../api/shapes.ts';
import { createRedactor, type Redactor } from '../../core/bundle/redact.ts';
import type { CheckRuns } from '../checks/check-runs.ts';
import { explainLogLines } from '../checks/log-lines.ts';
import { failureOf } from '../failure.ts';
import { readControllerLog } from '../logs/read-log.ts';
import type { Operations } from '../operations/runner.ts';
import type { ConnectionHandle } from '../registry/handle.ts';
import type { Services } from '../services.ts';
import { isoTime, withDeadline } from '../timing.ts';

const TAIL_LINES = 500;
/** One log that does not come must not keep the others, nor all of them the bundle. */
const LOG_LIMIT_MS = 4000;
const ALL_LOGS_LIMIT_MS = 12_000;
const LOGS_AT_ONCE = 8;
const KEEP_OPERATIONS = 100;
const KEEP_EVENTS = 1000;

export interface BundleOptions {
  /** Only this one; all of them when undefined. */
  readonly connectionId: string | undefined;
  readonly hasLogs: boolean;
}

export interface BundleMaker {
  /** Collects and redacts, within about twelve seconds. Throws `ApiError` `not-found` for an unknown connection. */
  make(options: BundleOptions, signal: AbortSignal): Promise<Bundle>;
}

/** Makes support bundles. What cannot be read is said in the bundle and keeps nothing else out of it. */
export function createBundleMaker(
  services: Services,
  operations: Operations,
  checks: CheckRuns,
): BundleMaker {
  const { registry, events, ports, startedAtMs } = services;
  const { clock, environment } = ports;

  function chosen(connectionId: string | undefined): readonly ConnectionHandle[] {
    if (connectionId === undefined) return registry.connections();
    const found = registry.get(connectionId);
    if (found === undefined)
      throw new ApiError('not-found', `There is no connection ${connectionId}.`, { field: 'connectionId' });
    return [found];
  }

  function bundled(handle: ConnectionHandle, logs: ControllerLog[], redactor: Redactor): BundledConnection {
    const check = checks.latest(handle.id);
    const part = (name: string) => `${handle.name}: ${name}`;
    return {
      view: redactor.value(handle.view(), part('states and findings')),
      evidence: redactor.value(handle.evidence(), part('evidence')),
      observedSinceAt: isoTime(startedAtMs),
      isOperationRunning: operations
        .list()
        .some((one) => one.connectionId === handle.id && one.status === 'running'),
      ...(check === undefined ? {} : { check: redactor.value(check, part('test')) }),
      logs: logs.map((log) => redactedLog(log, redactor, part(`log of ${log.controller}`))),
    };
  }

  return {
    async make({ connectionId, hasLogs }, signal) {
      const handles = chosen(connectionId);
      const logs = hasLogs ? await readLogs(handles, services, signal) : new Map<string, ControllerLog[]>();
      const redactor = createRedactor(handles.flatMap((one) => one.brokerToken() ?? []));
      const ids = new Set(handles.map((one) => one.id));
      const concerns = (one: { readonly connectionId?: string | undefined }) =>
        connectionId === undefined || one.connectionId === undefined || ids.has(one.connectionId);
      const connections = handles.map((one) => bundled(one, logs.get(one.id) ?? [], redactor));
      const bundle: Bundle = {
        format: 'meshplay-troubleshooter-bundle',
        formatVersion: BUNDLE_VERSION,
        takenAt: isoTime(clock.now()),
        product: { version: environment.version, runtime: environment.runtime },
        connections,
        operations: redactor.value(
          operations.list().filter(concerns).slice(0, KEEP_OPERATIONS),
          'operations',
        ),
        events: redactor.value(events.list().filter(concerns).slice(0, KEEP_EVENTS), 'events'),
        redactions: [],
      };
      return { ...bundle, redactions: redactor.ledger() };
    },
  };
}

async function readLogs(
  handles: readonly ConnectionHandle[],
  { ports }: Services,
  signal: AbortSignal,
): Promise<Map<string, ControllerLog[]>> {
  const { clock } = ports;
  const endMs = clock.now() + ALL_LOGS_LIMIT_MS;
  const wanted = handles.flatMap((handle) => CONTROLLERS.map((controller) => ({ handle, controller })));
  const found = new Map<string, ControllerLog[]>();
  const read = async ({ handle, controller }: (typeof wanted)[number]): Promise<ControllerLog> => {
    const late = 'It was not read in time.';
    const nowAt = isoTime(clock.now());
    const missing = (message: string): ControllerLog => ({
      controller,
      readAt: nowAt,
      pods: [],
      isPrevious: false,
      lines: [],
      problem: { message },
    });
    const leftMs = Math.min(LOG_LIMIT_MS, endMs - clock.now());
    if (leftMs <= 0) return missing(late);
    const question = { controller, isPrevious: false, tail: TAIL_LINES };
    try {
      return await withDeadline(
        clock,
        leftMs,
        signal,
        (inner) => readControllerLog(handle, question, nowAt, inner),
        () => new Error(late),
      );
    } catch (error) {
      signal.throwIfAborted();
      return missing(failureOf(error).message);
    }
  };
  const queue = wanted.values();
  const worker = async () => {
    for (const one of queue) {
      const log = await read(one);
      found.set(one.handle.id, [...(found.get(one.handle.id) ?? []), log]);
    }
  };
  await Promise.all(Array.from({ length: LOGS_AT_ONCE }, worker));
  return found;
}

/** A secret may run over lines, so the log is redacted as one text. */
function redactedLog(log: ControllerLog, redactor: Redactor, part: string): ControllerLog {
  const { lines, ...rest } = log;
  const text = redactor.text(lines.map((line) => line.text).join('\n'), part);
  return { ...redactor.value(rest, part), lines: explainLogLines(text) };
}
