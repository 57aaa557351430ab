import type { Operation, OperationKind } from '../../../api/operation.ts';
import type { Controller } from '../../../api/shapes.ts';
import type { Tone } from '../../theme/tokens.ts';
import { CONTROLLER_NAMES } from '../connection/words.ts';

interface KindWords {
  /** On a button, without dots. */
  readonly label: string;
  /** While it runs. */
  readonly running: string;
  /** Started with one press; the others show first what they will do. */
  readonly isDirect: boolean;
  readonly isDestructive: boolean;
}

export const KIND_WORDS: Readonly<Record<OperationKind, KindWords>> = {
  install: { label: 'Install', running: 'Installing', isDirect: false, isDestructive: false },
  redeploy: { label: 'Redeploy', running: 'Redeploying', isDirect: false, isDestructive: false },
  uninstall: { label: 'Uninstall', running: 'Uninstalling', isDirect: false, isDestructive: true },
  adopt: { label: 'Adopt', running: 'Adopting', isDirect: false, isDestructive: false },
  'cleanup-orphans': {
    label: 'Clean up orphans',
    running: 'Cleaning up orphans',
    isDirect: false,
    isDestructive: true,
  },
  'release-finalizers': {
    label: 'Release finalizers',
    running: 'Releasing finalizers',
    isDirect: false,
    isDestructive: true,
  },
  reconnect: { label: 'Reconnect', running: 'Reconnecting', isDirect: true, isDestructive: false },
  resync: { label: 'Re-sync', running: 'Re-syncing', isDirect: true, isDestructive: false },
  flush: {
    label: 'Flush and re-sync',
    running: 'Flushing and re-syncing',
    isDirect: false,
    isDestructive: true,
  },
  'reset-database': {
    label: 'Reset the database',
    running: 'Resetting the database',
    isDirect: false,
    isDestructive: true,
  },
  'restore-database': {
    label: 'Restore the database',
    running: 'Restoring the database',
    isDirect: false,
    isDestructive: true,
  },
  'synthetic-test': {
    label: 'Synthetic test',
    running: 'Testing the whole path',
    isDirect: true,
    isDestructive: false,
  },
};

/** A finding names its operation as text, since it may have been judged by a newer server. */
export function isOperationKind(text: string): text is OperationKind {
  return Object.hasOwn(KIND_WORDS, text);
}

const WITH_CONTROLLERS: ReadonlySet<OperationKind> = new Set(['install', 'redeploy', 'uninstall', 'adopt']);

export function hasControllers(kind: OperationKind): boolean {
  return WITH_CONTROLLERS.has(kind);
}

/** `Installing all`, `Redeploying Broker and MeshSync`, `Reconnecting`. */
export function runningWords({ kind, controllers }: Pick<Operation, 'kind' | 'controllers'>): string {
  const { running } = KIND_WORDS[kind];
  return hasControllers(kind) ? `${running} ${controllerWords(controllers)}` : running;
}

function controllerWords(controllers: readonly Controller[]): string {
  if (controllers.length === 3) return 'all';
  return controllers.map((one) => CONTROLLER_NAMES[one]).join(' and ');
}

interface StatusLook {
  readonly word: string;
  readonly tone: Tone;
  readonly icon: 'check' | 'cross' | 'bang' | 'changing';
}

export const STATUS_LOOK: Readonly<Record<Operation['status'], StatusLook>> = {
  running: { word: 'Running', tone: 'changing', icon: 'changing' },
  succeeded: { word: 'Succeeded', tone: 'good', icon: 'check' },
  failed: { word: 'Failed', tone: 'broken', icon: 'cross' },
  cancelled: { word: 'Cancelled', tone: 'attention', icon: 'bang' },
  interrupted: { word: 'Interrupted', tone: 'attention', icon: 'bang' },
};

/** The step an operation is at, counted from 1; the last one that began once it has ended. */
export function currentStep({ steps }: Pick<Operation, 'steps'>) {
  const running = steps.findIndex(({ status }) => status === 'running');
  const next = steps.findIndex(({ status }) => status === 'waiting');
  const index = running >= 0 ? running : next >= 0 ? next : steps.length - 1;
  return { number: index + 1, of: steps.length, step: steps[index] };
}

/** A running length of time that keeps its width: `0:21`, `12:05`, `1:02:05`. */
export function clockWords(durationMs: number): string {
  const seconds = Math.max(0, Math.floor(durationMs / 1_000));
  const two = (value: number) => String(value).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}:${two(seconds % 60)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`;
}

/** How long something took: `1.4 ms`, `840 ms`, `3.2 s`, `1:05`. */
export function tookWords(durationMs: number): string {
  if (durationMs < 10 && durationMs % 1 > 0) return `${Math.max(0.1, durationMs).toFixed(1)} ms`;
  if (durationMs < 1_000) return `${Math.max(0, Math.round(durationMs))} ms`;
  return durationMs < 60_000 ? `${(durationMs / 1_000).toFixed(1)} s` : clockWords(durationMs);
}
