import type { Failure } from '../api/evidence.ts';
import { BrokerError, ClusterError } from './ports.ts';

/** The failure behind anything thrown by a port; kind `other` for what no port promised to throw. */
export function failureOf(error: unknown): Failure {
  if (error instanceof ClusterError || error instanceof BrokerError) return error.failure;
  return { kind: 'other', message: error instanceof Error ? error.message : String(error) };
}
