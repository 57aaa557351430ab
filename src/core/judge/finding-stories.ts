/** One evidence for every finding there is, named for its story. Tests only. */
import { brokerStories } from './stories/broker.ts';
import { databaseStories } from './stories/database.ts';
import { kubernetesStories } from './stories/kubernetes.ts';
import { meshsyncStories } from './stories/meshsync.ts';
import { operatorStories } from './stories/operator.ts';
import { serverStories } from './stories/server.ts';
import type { Story } from './stories/story.ts';

export const findingStories: readonly Story[] = [
  ...kubernetesStories,
  ...operatorStories,
  ...brokerStories,
  ...meshsyncStories,
  ...serverStories,
  ...databaseStories,
];

/** Findings that are always symptoms: their story has another root. */
export const ALWAYS_SYMPTOMS: ReadonlySet<string> = new Set(['MT-S-10', 'MT-D-06']);
