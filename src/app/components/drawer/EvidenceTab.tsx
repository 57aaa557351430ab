import type { Evidence } from '../../../api/evidence.ts';
import { useEvidence } from '../../data/queries.ts';
import { useToldError } from '../../data/told-error.ts';
import { Age } from '../../ui/Age.tsx';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { ListSkeleton } from '../../ui/ListSkeleton.tsx';
import { DatabaseSection, MonitorSection } from './DataEvidence.tsx';
import { LinkSection } from './LinkEvidence.tsx';
import {
  ApiSection,
  DefinitionSection,
  ClusterEventSection,
  PodSection,
  ResourceSection,
  ServiceSection,
  WorkloadSection,
} from './ClusterEvidence.tsx';
import { StreamSection } from './StreamEvidence.tsx';

/** Everything that was observed, with the time of each observation or the reason why there is none. */
export function EvidenceTab({ connectionId }: { readonly connectionId: string }) {
  const { data, error: newest, refetch } = useEvidence(connectionId);
  const error = useToldError(data, newest);
  if (data === undefined) {
    return error === null ? (
      <ListSkeleton label="Loading the evidence" />
    ) : (
      <ErrorState what="The evidence could not be read." error={error} onRetry={() => void refetch()} />
    );
  }
  return (
    <EvidenceView
      evidence={data}
      note={error === null ? '' : ` · ${error.message} This is the last good answer.`}
    />
  );
}

interface EvidenceViewProps {
  readonly evidence: Evidence;
  readonly note?: string;
}

/** The evidence itself, live or of a bundle. */
export function EvidenceView({ evidence: data, note = '' }: EvidenceViewProps) {
  return (
    <>
      <p className="quiet small">
        Taken <Age at={data.takenAt} suffix=" ago" />
        {data.namespaces.length > 0 && ` · found in ${data.namespaces.join(', ')}`}
        {note}
      </p>
      <ApiSection api={data.api} />
      <StreamSection streams={data.streams} />
      <LinkSection link={data.link} />
      <MonitorSection monitor={data.monitor} />
      <WorkloadSection workloads={data.workloads} />
      <PodSection pods={data.pods} />
      <ServiceSection services={data.services} />
      <ResourceSection resources={data.resources} />
      <DefinitionSection definitions={data.definitions} />
      <ClusterEventSection events={data.events} />
      <DatabaseSection database={data.database} />
    </>
  );
}
