import type { Family } from '../../api/shapes.ts';

/** The subjects of one family. Source: domain.md 1.2, "NATS protocol" 4.2. */
export interface FamilySubjects {
  readonly family: Family;
  /** MeshSync publishes every change here. */
  readonly data: string;
  /** MeshSync listens for requests here. */
  readonly request: string;
  /** Where this server asks MeshSync to answer a full dump. */
  readonly storeReply: string;
}

/** MeshSync answers a version request here, whatever its family. */
export const META_SUBJECT = 'meshsync-meta';

const MESHPLAY: FamilySubjects = {
  family: 'meshplay',
  data: 'meshplay.meshsync.core',
  request: 'meshplay.meshsync.request',
  storeReply: 'meshplay-server.meshsync.store',
};

const MESHERY: FamilySubjects = {
  family: 'meshery',
  data: 'meshery.meshsync.core',
  request: 'meshery.meshsync.request',
  storeReply: 'meshery-server.meshsync.store',
};

/**
 * Both families. A genuine upstream MeshSync in a Meshplay cluster publishes under the other name, so a server that
 * listens to one family alone looks connected and receives nothing.
 */
export const SUBJECTS: readonly FamilySubjects[] = [MESHPLAY, MESHERY];

/** Every subject to subscribe to: changes and dumps of both families. Versions come on `META_SUBJECT`. */
export const DATA_SUBJECTS: readonly string[] = SUBJECTS.flatMap((family) => [
  family.data,
  family.storeReply,
]);

/** True for the subject where MeshSync tells of changes by itself, not for where it answers. */
export function isChangeSubject(subject: string): boolean {
  return SUBJECTS.some((family) => family.data === subject);
}

/** The family a subject belongs to; undefined for a subject that is none of theirs. */
export function familyOf(subject: string): Family | undefined {
  return SUBJECTS.find(
    (family) => family.data === subject || family.storeReply === subject || family.request === subject,
  )?.family;
}
