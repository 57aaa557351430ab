import type { ConnectionView } from '../../api/connection.ts';
import type { Finding } from '../../api/diagnosis.ts';
import { ApiError } from '../../api/errors.ts';
import type { OperationRequest, OperationStep, Recheck } from '../../api/operation.ts';
import { CONTROLLERS } from '../../api/shapes.ts';
import type { Log } from '../ports.ts';
import { explain } from './cluster-objects.ts';
import type { OperationTarget } from './target.ts';

/** What was mended needs a moment until it is seen: pods get ready, MeshSync connects. */
const SETTLE_LIMIT_MS = 30_000;

/** A finding as it stood before the operation that is to mend it. */
export interface BeforeMending {
  readonly finding: Finding;
  /** Codes of everything found then: what is found afterwards and is not among them is new. */
  readonly known: ReadonlySet<string>;
}

/** The finding an operation is to mend, and where it is looked for again. */
export interface Mending {
  readonly target: OperationTarget;
  readonly before: BeforeMending;
}

const STEP_WORDS: Readonly<Record<Recheck['verdict'], string>> = {
  fixed: 'it is gone',
  'still-there': 'it is still there',
  'not-known': 'cannot be told yet',
};

/**
 * The finding a request is to mend, as it stands now; undefined when it names none, or when one that is resumed has
 * mended it already. Throws `ApiError`: `not-found` for an unknown connection, `unprocessable` for what is not found.
 */
export function mendingOf(
  { mends }: OperationRequest,
  targetOf: (id: string) => OperationTarget | undefined,
  isResumed: boolean,
): Mending | undefined {
  if (mends === undefined) return undefined;
  const target = targetOf(mends.connectionId);
  if (target === undefined) {
    throw new ApiError('not-found', `There is no connection ${mends.connectionId}.`, {
      field: 'mends.connectionId',
    });
  }
  const before = beforeMending(target, mends.code);
  if (before !== undefined) return { target, before };
  if (isResumed) return undefined;
  throw new ApiError('unprocessable', `${mends.code} is not found on ${target.name} any more.`, {
    field: 'mends.code',
    allowed: target.view().allFindings.map((one) => one.code),
    remedy: 'Nothing needs to be mended. Look at what is found now.',
  });
}

/** The last step of an operation: what has become of the finding. Never throws; undefined when it was not seen. */
export async function lookAgain(
  { target, before }: Mending,
  options: {
    readonly hasSucceeded: boolean;
    readonly nowAt: () => string;
    readonly log: Log;
    readonly signal: AbortSignal;
    readonly setStep: (change: Partial<OperationStep>) => void;
  },
): Promise<Recheck | undefined> {
  const { hasSucceeded, nowAt, log, signal, setStep } = options;
  setStep({ status: 'running', startedAt: nowAt(), message: 'looking at everything again' });
  // While it runs, what is wrong counts as being changed on purpose.
  target.setOperationRunning(false);
  // After a cancel the old signal would end this at once; it is one look, with a limit of its own.
  const own = hasSucceeded ? signal : new AbortController().signal;
  try {
    const found = await recheck(target, before, hasSucceeded, own);
    setStep({ status: 'done', endedAt: nowAt(), message: STEP_WORDS[found.verdict] });
    return found;
  } catch (error) {
    const isCancelled = own.aborted;
    if (!isCancelled) log.warn({ finding: before.finding.code, error: String(error) }, 'recheck failed');
    setStep({
      status: isCancelled ? 'cancelled' : 'failed',
      endedAt: nowAt(),
      message: isCancelled ? 'cancelled before it was seen' : explain(error, 'Looking again').message,
    });
    return undefined;
  }
}

/** What is found on a connection now; undefined when the finding is not among it. */
function beforeMending(target: OperationTarget, code: string): BeforeMending | undefined {
  const { allFindings } = target.view();
  const finding = allFindings.find((one) => one.code === code);
  return finding === undefined ? undefined : { finding, known: new Set(allFindings.map((one) => one.code)) };
}

/**
 * Looks for a finding again after the operation that was to mend it. Waits up to half a minute for it to go when
 * `hasSucceeded`, and looks once when the operation did not. Rejects with the signal's reason.
 */
async function recheck(
  target: OperationTarget,
  before: BeforeMending,
  hasSucceeded: boolean,
  signal: AbortSignal,
): Promise<Recheck> {
  // What an operation suppressed must not count as mended: everything is looked at and judged again.
  await target.refresh(signal);
  if (hasSucceeded) {
    await target.waitFor((view) => verdictOf(view, before).verdict === 'fixed', SETTLE_LIMIT_MS, signal);
  }
  return {
    code: before.finding.code,
    connectionId: target.id,
    summary: before.finding.summary,
    ...verdictOf(target.view(), before),
  };
}

/** Judges what is seen now. Pure. */
export function verdictOf(
  view: ConnectionView,
  { finding, known }: BeforeMending,
): Pick<Recheck, 'verdict' | 'observed' | 'replacedBy'> {
  const same = view.allFindings.find((one) => one.code === finding.code);
  if (same !== undefined) return { verdict: 'still-there', observed: seenWords(same) };
  const { hop } = finding;
  const successor = view.allFindings.find(
    (one) =>
      !known.has(one.code) &&
      one.severity !== 'info' &&
      (one.hop === hop || one.code === view.rootCause?.code),
  );
  if (successor !== undefined) {
    return { verdict: 'still-there', observed: successor.summary, replacedBy: successor.code };
  }
  const verdict = view.hops.find((one) => one.hop === hop)?.verdict;
  const observed = hopWords(view, finding);
  return { verdict: verdict === 'unknown' || verdict === 'changing' ? 'not-known' : 'fixed', observed };
}

function seenWords({ facts, summary }: Finding): string {
  const texts = facts.slice(0, 2).map(({ text }) => text);
  return texts.length === 0 ? summary : sentence(texts.join('; '));
}

/** What decided the state of the controller the finding was about, or the word of its hop. */
function hopWords(view: ConnectionView, { hop }: Finding): string {
  const controller = CONTROLLERS.find((one) => one === hop);
  const state = view.controllers.find((one) => one.controller === controller);
  if (state !== undefined) {
    const because = state.because.slice(0, 2).map(({ text }) => text);
    return sentence(`${NAMES[state.controller]} ${state.state}: ${because.join('; ')}`);
  }
  const word = view.hops.find((one) => one.hop === hop)?.word ?? 'not seen';
  return sentence(
    `${hop === 'kubernetes' ? 'Kubernetes' : hop === 'server' ? 'Server' : 'Database'}: ${word}`,
  );
}

const NAMES = { operator: 'Operator', meshsync: 'MeshSync', broker: 'Broker' } as const;

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
