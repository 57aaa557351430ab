import type { DatabaseProblemKind } from '../../cluster.ts';
import type { Fault } from './fault.ts';

/** The fault of the world of that name; a reset of the database mends it. */
export const DATABASE_FAULT = 'corrupt-database';

/** What can go wrong with the database. */
export const databaseFaults: readonly Fault[] = [
  problem('corrupt', {
    name: DATABASE_FAULT,
    title: 'Damage the database',
    story: 'The file that holds what MeshSync sent is damaged; nothing is stored until it is reset.',
  }),
  problem('full', {
    name: 'full-disk',
    title: 'Fill the disk of the database',
    story: 'The disk is full: what is stored can be read, and nothing is added.',
  }),
  problem('read-only', {
    name: 'read-only-database',
    title: 'Take the right to write the database away',
    story: 'The data folder belongs to somebody else; the database can only be read.',
  }),
  problem('locked', {
    name: 'locked-database',
    title: 'Lock the database',
    story: 'A second server was started on the same data folder and holds the database.',
  }),
  {
    name: 'slow-database',
    title: 'Slow the disk down while MeshSync storms',
    story: 'The disk takes half a minute for each batch, and MeshSync sends everything again and again.',
    shows: ['MT-S-09', 'MT-D-04'],
    strikesLater: true,
    inject: ({ cluster }) => {
      cluster.condition.databaseDelayMs = 30_000;
      cluster.condition.meshsync.isStorming = true;
    },
    repair: ({ cluster }) => {
      cluster.condition.databaseDelayMs = 0;
      cluster.condition.meshsync.isStorming = false;
    },
  },
];

/** Faults that are not of a cluster: they are offered only where the database belongs to the simulation. */
export const DATABASE_FAULTS: ReadonlySet<string> = new Set(databaseFaults.map(({ name }) => name));

function problem(
  kind: DatabaseProblemKind,
  { name, title, story }: Pick<Fault, 'name' | 'title' | 'story'>,
): Fault {
  return {
    name,
    title,
    story,
    shows: ['MT-D-01'],
    inject: ({ cluster }) => {
      cluster.condition.databaseProblem = kind;
    },
    repair: ({ cluster }) => {
      cluster.condition.databaseProblem = undefined;
    },
  };
}
