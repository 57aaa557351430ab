import type { ConnectionSummary } from '../../../api/connection.ts';
import type { Because, Finding, Health, Verdict } from '../../../api/diagnosis.ts';
import type { Controller, Hop } from '../../../api/shapes.ts';
import { PAUSED_STATES } from '../../../core/paused.ts';
import type { Tone } from '../../theme/tokens.ts';
import type { IconName } from '../../ui/Icon.tsx';

export interface HealthLook {
  readonly word: string;
  readonly tone: Tone;
  readonly icon: IconName;
}

/** Worst first: the order of groups, chips and cards. */
export const HEALTHS = [
  'broken',
  'needs-attention',
  'changing',
  'unknown',
  'healthy',
] as const satisfies readonly Health[];

export const HEALTH_LOOK: Readonly<Record<Health, HealthLook>> = {
  broken: { word: 'Broken', tone: 'broken', icon: 'cross' },
  'needs-attention': { word: 'Needs attention', tone: 'attention', icon: 'bang' },
  changing: { word: 'Changing', tone: 'changing', icon: 'changing' },
  unknown: { word: 'Cannot be observed', tone: 'unknown', icon: 'question' },
  healthy: { word: 'Healthy', tone: 'good', icon: 'check' },
};

/** What has not been looked at yet is neither well nor out of sight. */
export const PENDING_LOOK: HealthLook = { word: 'Looking…', tone: 'unknown', icon: 'changing' };

/** Nothing is known of it and nothing says why: the first answers are still on their way. */
export function isPending({ health, rootCause, controllers, lifecycle }: ConnectionSummary): boolean {
  return (
    health === 'unknown' &&
    rootCause === undefined &&
    controllers.every(({ state }) => state === 'UNKNOWN') &&
    !PAUSED_STATES.some((state) => state === lifecycle)
  );
}

export const VERDICT_LOOK: Readonly<Record<Verdict, { readonly icon: IconName; readonly word: string }>> = {
  good: { icon: 'check', word: 'good' },
  attention: { icon: 'bang', word: 'needs attention' },
  broken: { icon: 'cross', word: 'broken' },
  changing: { icon: 'changing', word: 'changing' },
  unknown: { icon: 'question', word: 'not known' },
};

export const HOP_NAMES: Readonly<Record<Hop, string>> = {
  kubernetes: 'Kubernetes',
  operator: 'Operator',
  meshsync: 'MeshSync',
  broker: 'Broker',
  server: 'Server',
  database: 'Database',
};

export const CONTROLLER_NAMES: Readonly<Record<Controller, string>> = {
  operator: 'Operator',
  meshsync: 'MeshSync',
  broker: 'Broker',
};

export const SEVERITY_TONE: Readonly<Record<Finding['severity'], Tone>> = {
  critical: 'broken',
  warning: 'attention',
  info: 'unknown',
};

/** The line under a connection's name. */
export function subtitleParts(connection: ConnectionSummary): readonly string[] {
  const { server, kubernetesVersion, health, families, isServerInCluster } = connection;
  const names = families.map((family) => (family === 'meshplay' ? 'Meshplay' : 'Meshery'));
  return [
    server,
    ...(kubernetesVersion === undefined
      ? []
      : [health === 'unknown' ? `last seen ${kubernetesVersion}` : kubernetesVersion]),
    ...(names.length === 0 ? [] : [names.join(' and ')]),
    isServerInCluster ? 'server in the cluster' : 'server outside the cluster',
    ...uncheckedWords(connection),
  ];
}

/** Said for ever after somebody agreed to it, also of a way in that is only kept for when the one in use fails. */
function uncheckedWords({ isTlsVerified, uncheckedWays = [] }: ConnectionSummary): readonly string[] {
  if (!isTlsVerified) return ['certificate not checked'];
  return uncheckedWays.length === 0 ? [] : [`certificate not checked by way of ${uncheckedWays.join(', ')}`];
}

/** What decided a state, in a line; an observation may be a whole sentence, whose stop must not meet the semicolon. */
export function becauseWords(because: readonly Because[]): string {
  return withUnits(because.map(({ text }) => text.replace(/\.$/, '')).join('; '));
}

/** Keeps a length of time and its unit on one line. */
export function withUnits(text: string): string {
  return text.replaceAll(/(\d) (?=(?:ms|s|min|h|d)\b)/g, '$1\u00a0');
}

/** `1 symptom follows from this.` Empty when there is none. */
export function symptomWords(symptoms: number): string {
  if (symptoms === 0) return '';
  return symptoms === 1 ? '1 symptom follows from this.' : `${symptoms} symptoms follow from this.`;
}
