import type { Ports } from '../services/ports.ts';

/** What a spec tells of the process it runs in: nothing that changes. */
export const SPEC_ENVIRONMENT: Ports['environment'] = {
  version: '0',
  runtime: 'spec',
  isInCluster: false,
  isOffline: true,
  dockerHosts: [],
  vitals: () => ({ eventLoopDelayMs: 0, memoryMb: 0 }),
};
