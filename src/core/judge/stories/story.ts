import type { Evidence, FailureKind, Pod, Workload } from '../../../api/evidence.ts';
import type { Controller } from '../../../api/shapes.ts';
import {
  ago,
  badPod,
  failed,
  healthyEvidence,
  MINUTE,
  pod,
  podsWith,
  unreadyWorkload,
  workloadsWith,
} from '../fixtures.ts';

export interface Story {
  readonly code: string;
  readonly story: string;
  readonly evidence: Evidence;
}

export function story(code: string, name: string, overrides: Partial<Evidence>): Story {
  return { code, story: name, evidence: healthyEvidence(overrides) };
}

export function apiStory(
  code: string,
  name: string,
  kind: FailureKind,
  server = 'https://prod-eu-1.example:6443',
): Story {
  return story(code, name, { api: failed(kind), server });
}

/** The faults any workload can have, each with its pods. */
export function workloadStories(role: Controller, codes: Readonly<Record<string, string>>): Story[] {
  const told = (fault: string, name: string, bad: Pod | undefined, more: Partial<Workload> = {}): Story =>
    story(codes[fault] ?? '', `${role}: ${name}`, {
      workloads: workloadsWith(role, unreadyWorkload(role, more)),
      pods: podsWith(role, bad),
    });
  return [
    told(
      'imagePull',
      'image pull failing',
      badPod(role, { reason: 'ImagePullBackOff' }, { phase: 'Pending' }),
    ),
    told(
      'outOfMemory',
      'killed for memory',
      badPod(role, { reason: 'CrashLoopBackOff', lastReason: 'OOMKilled', restarts: 6 }),
    ),
    told('crashLoop', 'crash loop', badPod(role, { reason: 'CrashLoopBackOff', restarts: 9, exitCode: 1 })),
    told(
      'unschedulable',
      'no node takes it',
      pod(role, { ready: false, phase: 'Pending', unschedulable: '0/3 nodes are available', containers: [] }),
    ),
    told(
      'configError',
      'waits for a secret',
      badPod(role, { reason: 'CreateContainerConfigError', message: 'secret not found' }),
    ),
    told('quota', 'quota used up', undefined, {
      conditions: [
        { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: 'exceeded quota' },
      ],
      total: 0,
    }),
    told('scaledToZero', 'scaled to zero', undefined, { replicas: 0, updated: 0, total: 0 }),
    told('terminating', 'does not finish terminating', pod(role, { deletedAt: ago(10 * MINUTE) })),
    told('noPod', 'pod gone and not created again', undefined, { total: 0 }),
    told('notReady', 'runs but does not get ready', pod(role, { ready: false })),
  ];
}
