import { type CatalogueEntry, GUIDE, look, press } from './entry.ts';

const reset = press('reset-database', 'Reset the database');
const resync = press('resync', 'Ask for a full copy');
const database = look('Open the database', '/database');
const FAULT_2 = `${GUIDE}, fault scenario 2`;

export const databaseCatalogue = {
  'MT-D-01': {
    severity: 'critical',
    title: 'The database cannot be read or written',
    meaning: 'What arrives is not kept.',
    cause: 'The file is damaged, the disk is full, or this server may not write it.',
    confidence: 'likely',
    // Nothing is lost by it: the damaged file is set aside, and MeshSync sends everything again.
    remedies: [reset, database],
    reference: `${GUIDE}, corrupt database`,
  },
  'MT-D-02': {
    severity: 'critical',
    title: 'Messages arrive, but the database is empty',
    meaning: 'Nothing of the cluster can be shown.',
    cause: 'The messages cannot be stored, or the database was reset and no full copy has come.',
    confidence: 'likely',
    remedies: [resync, database],
    reference: 'meshery/meshery#2835',
  },
  'MT-D-03': {
    severity: 'warning',
    title: 'The database is older than what arrives',
    meaning: 'What is shown of the cluster is not the newest.',
    cause: 'Writing has stopped, or the newest messages were rejected.',
    confidence: 'likely',
    remedies: [resync, database],
    reference: FAULT_2,
  },
  'MT-D-04': {
    severity: 'warning',
    title: 'The database is slower than what arrives',
    meaning: 'The Broker is asked for less until it has caught up; what is shown is behind.',
    cause: 'The disk is slow, or MeshSync sends very much.',
    confidence: 'likely',
    remedies: [database],
    reference: 'meshery/meshery#4440',
  },
  'MT-D-05': {
    severity: 'warning',
    title: 'Messages could not be stored',
    meaning: 'The objects they tell of are missing or old here.',
    cause: 'They could not be read as MeshSync messages, or are too large.',
    confidence: 'likely',
    remedies: [database, press('flush', 'Flush this cluster’s data and ask for a full copy')],
    reference: 'meshery/meshery#3709',
  },
  'MT-D-06': {
    severity: 'warning',
    title: 'The database is stale',
    meaning: 'It still holds what the cluster was when the last message came.',
    cause: 'No data reaches this server.',
    confidence: 'certain',
    remedies: [press('reconnect', 'Reconnect'), resync],
    reference: FAULT_2,
  },
  'MT-D-07': {
    severity: 'info',
    title: 'The database is being filled',
    meaning:
      'Nothing of this cluster can be shown yet. What is still missing after half a minute is told as a fault.',
    cause: 'The first messages have only just come.',
    confidence: 'certain',
    remedies: [database],
    reference: `meshery/meshery#2835`,
    isWait: true,
  },
} as const satisfies Record<string, CatalogueEntry>;
