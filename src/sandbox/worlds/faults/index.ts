import type { Hop } from '../../../api/shapes.ts';
import { brokerFaults } from './broker.ts';
import { databaseFaults } from './database.ts';
import type { Fault } from './fault.ts';
import { kubernetesFaults } from './kubernetes.ts';
import { meshsyncFaults } from './meshsync.ts';
import { operatorFaults } from './operator.ts';
import { serverFaults } from './server.ts';
import { BROKER, MESHSYNC, OPERATOR, workloadFaults } from './workload.ts';

export { DATABASE_FAULT, DATABASE_FAULTS } from './database.ts';
export type { Fault, Place } from './fault.ts';

/** A fault, and the hop at which it is made. */
export interface PlacedFault extends Fault {
  readonly hop: Hop;
}

/** Everything that can be broken in a simulated cluster, and mended again. */
export const FAULTS: readonly PlacedFault[] = [
  ...at('kubernetes', kubernetesFaults),
  ...at('operator', operatorFaults),
  ...at(
    'operator',
    workloadFaults(OPERATOR, {
      imagePull: 'MT-O-11',
      outOfMemory: 'MT-O-12',
      crashLoop: 'MT-O-13',
      unschedulable: 'MT-O-14',
      configError: 'MT-O-15',
      quota: 'MT-O-16',
      scaledToZero: 'MT-O-17',
      terminating: 'MT-O-18',
      noPod: 'MT-O-19',
      notReady: 'MT-O-21',
    }),
  ),
  ...at(
    'meshsync',
    workloadFaults(MESHSYNC, {
      imagePull: 'MT-M-07',
      outOfMemory: 'MT-M-08',
      crashLoop: 'MT-M-09',
      unschedulable: 'MT-M-10',
      configError: 'MT-M-11',
      quota: 'MT-M-12',
      terminating: 'MT-M-14',
      noPod: 'MT-M-16',
      notReady: 'MT-M-17',
    }),
  ),
  ...at(
    'broker',
    workloadFaults(BROKER, {
      imagePull: 'MT-B-02',
      outOfMemory: 'MT-B-03',
      unschedulable: 'MT-B-05',
      configError: 'MT-B-06',
      quota: 'MT-B-07',
      scaledToZero: 'MT-B-08',
      terminating: 'MT-B-09',
      noPod: 'MT-B-11',
      notReady: 'MT-B-12',
    }),
  ),
  ...at('meshsync', meshsyncFaults),
  ...at('broker', brokerFaults),
  ...at('server', serverFaults),
  ...at('database', databaseFaults),
];

function at(hop: Hop, faults: readonly Fault[]): PlacedFault[] {
  return faults.map((fault) => ({ ...fault, hop }));
}
