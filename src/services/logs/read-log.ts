import type { ControllerLog } from '../../api/log.ts';
import type { Pod } from '../../api/evidence.ts';
import type { Controller } from '../../api/shapes.ts';
import { explainLogLines } from '../checks/log-lines.ts';
import { failureOf } from '../failure.ts';
import { type ClusterApi, ClusterError } from '../ports.ts';
import type { OperationTarget } from '../operations/target.ts';

/** Beside the program itself; their logs say nothing of it. */
const SIDE_CONTAINERS = ['kube-rbac-proxy', 'reloader'];

export interface LogQuestion {
  readonly controller: Controller;
  readonly pod?: string | undefined;
  readonly container?: string | undefined;
  readonly isPrevious: boolean;
  readonly tail: number;
}

type LogTarget = Pick<OperationTarget, 'name' | 'api' | 'evidence'>;

/** Reads the end of one log. What keeps it from being read is told in `problem`, not thrown; an abort is thrown. */
export async function readControllerLog(
  target: LogTarget,
  question: LogQuestion,
  nowAt: string,
  signal: AbortSignal,
): Promise<ControllerLog> {
  const { pods } = target.evidence();
  const known = pods.status === 'seen' ? pods.value : pods.status === 'failed' ? (pods.lastValue ?? []) : [];
  const own = known.filter((one) => one.role === question.controller).toSorted((a, b) => need(b) - need(a));
  const base: ControllerLog = {
    controller: question.controller,
    readAt: nowAt,
    pods: own.map((one) => ({
      namespace: one.namespace,
      name: one.name,
      phase: one.phase,
      ready: one.ready,
      restarts: Math.max(0, ...one.containers.map((container) => container.restarts)),
      containers: one.containers.map((container) => container.name),
    })),
    isPrevious: question.isPrevious,
    lines: [],
  };
  const api = target.api();
  if (api === undefined) {
    return {
      ...base,
      problem: { message: `There is no way into ${target.name}.`, remedy: 'Look at its ways in.' },
    };
  }
  if (pods.status !== 'seen' && own.length === 0) {
    const message =
      pods.status === 'failed'
        ? `Its pods cannot be seen: ${pods.failure.message}`
        : 'Its pods were not looked at yet.';
    return { ...base, problem: { message, remedy: 'A log can be read only when the pods can be listed.' } };
  }
  const pod = question.pod === undefined ? own[0] : own.find((one) => one.name === question.pod);
  if (pod === undefined) {
    const message =
      question.pod === undefined ? 'It has no pod, so there is no log.' : `The pod ${question.pod} is gone.`;
    return {
      ...base,
      problem: {
        message,
        remedy: question.pod === undefined ? 'See the findings for why it has none.' : 'Choose another pod.',
      },
    };
  }
  return readPod(api, pod, question, base, signal);
}

async function readPod(
  api: ClusterApi,
  pod: Pod,
  question: LogQuestion,
  base: ControllerLog,
  signal: AbortSignal,
): Promise<ControllerLog> {
  const container = question.container ?? mainContainer(pod);
  const flags = [
    ...(container === undefined ? [] : ['-c', container]),
    ...(question.isPrevious ? ['--previous'] : []),
    `--tail=${question.tail}`,
  ];
  const read = {
    ...base,
    pod: pod.name,
    ...(container === undefined ? {} : { container }),
    command: `kubectl logs -n ${pod.namespace} ${pod.name} ${flags.join(' ')}`,
  };
  try {
    const text = await api.logs(
      { namespace: pod.namespace, name: pod.name, ...(container === undefined ? {} : { container }) },
      { tailLines: question.tail, isPrevious: question.isPrevious },
      signal,
    );
    return { ...read, lines: explainLogLines(text).slice(-question.tail) };
  } catch (error) {
    signal.throwIfAborted();
    return { ...read, problem: explain(error, pod, question.isPrevious) };
  }
}

/** The pod that most needs a look first: what does not run, then what was restarted most. */
function need(pod: Pod): number {
  const restarts = Math.max(0, ...pod.containers.map((one) => one.restarts));
  return (
    (pod.deletedAt === undefined ? 1_000_000 : 0) + (pod.ready ? 0 : 100_000) + Math.min(restarts, 99_999)
  );
}

function mainContainer(pod: Pod): string | undefined {
  return pod.containers.find((one) => !SIDE_CONTAINERS.includes(one.name))?.name;
}

function explain(error: unknown, pod: Pod, isPrevious: boolean): { message: string; remedy: string } {
  const { kind, message } = error instanceof ClusterError ? error.failure : failureOf(error);
  switch (kind) {
    case 'forbidden':
      return {
        message: `This identity may not read logs in ${pod.namespace}.`,
        remedy: 'Grant get on pods/log in that namespace, or use other credentials.',
      };
    case 'unauthorized':
      return {
        message: 'The credentials are not accepted any more.',
        remedy: 'Replace the credentials of this connection.',
      };
    case 'not-found':
      return { message: `The pod ${pod.name} is gone.`, remedy: 'Choose another pod.' };
    default:
      if (isPrevious && /previous/i.test(message)) {
        return {
          message: 'The container was not restarted, so there is no log of the one before.',
          remedy: 'Read the present log.',
        };
      }
      if (/waiting to start/i.test(message)) {
        return {
          message: `The container has not started yet: ${message}`,
          remedy: 'See the findings for why it does not start.',
        };
      }
      return { message: `The log could not be read: ${message}`, remedy: 'Try again in a moment.' };
  }
}
