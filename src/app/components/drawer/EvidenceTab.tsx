import { useEvidence } from '../../data/queries.ts';
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
  const { data, error, refetch } = useEvidence(connectionId);
  if (data === undefined) {
    return error === null ? (
      <ListSkeleton label="Loading the evidence" />
    ) : (
      <ErrorState what="The evidence could not be read." error={error} onRetry={() => void refetch()} />
    );
  }
  return (
    <>
      <p className="quiet small">
        Taken <Age at={data.takenAt} suffix=" ago" />
        {data.namespaces.length > 0 && ` · found in ${data.namespaces.join(', ')}`}
        {error !== null && ` · ${error.message} This is the last good answer.`}
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
