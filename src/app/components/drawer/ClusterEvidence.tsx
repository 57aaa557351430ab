import type { Evidence } from '../../../api/evidence.ts';
import { Age } from '../../ui/Age.tsx';
import { CONTROLLER_NAMES } from '../connection/words.ts';
import { FactTable, Observed } from './Observed.tsx';

export function ApiSection({ api }: Pick<Evidence, 'api'>) {
  return (
    <Observed title="API server" observation={api}>
      {({ version, latencyMs, isReady, notReady }) => (
        <p className="small">
          {version} · answers in {Math.round(latencyMs)} ms ·{' '}
          {isReady ? 'ready' : `not ready: ${notReady.join(', ')}`}
        </p>
      )}
    </Observed>
  );
}

export function DefinitionSection({ definitions }: Pick<Evidence, 'definitions'>) {
  return (
    <Observed title="Definitions (CRDs)" observation={definitions}>
      {(all) => (
        <FactTable
          label="Definitions"
          head={['Name', 'Versions', 'Conversion', 'Note']}
          none="None of ours is installed."
          rows={all.map(({ name, versions, conversion, deletedAt }) => ({
            key: name,
            cells: [
              name,
              versions
                .map(
                  (one) => `${one.name}${one.served ? '' : ' (not served)'}${one.stored ? ', stored' : ''}`,
                )
                .join('; '),
              conversion,
              deletedAt !== undefined && 'being deleted',
            ],
          }))}
        />
      )}
    </Observed>
  );
}

export function ResourceSection({ resources }: Pick<Evidence, 'resources'>) {
  return (
    <Observed title="Broker and MeshSync resources" observation={resources}>
      {(all) => (
        <FactTable
          label="Resources"
          head={['Kind', 'Name', 'API', 'Endpoint or target', 'Note']}
          none="There is none."
          rows={all.map((one) => ({
            key: one.uid,
            cells: [
              one.kind,
              `${one.namespace}/${one.name}`,
              `${one.group}/${one.version}`,
              [one.endpoint?.internal, one.endpoint?.external, one.brokerUrl, one.publishingTo]
                .filter((part) => part !== undefined && part !== '')
                .join(', ') || 'none',
              one.deletedAt !== undefined &&
                `being deleted; finalizers: ${one.finalizers.join(', ') || 'none'}`,
            ],
          }))}
        />
      )}
    </Observed>
  );
}

export function WorkloadSection({ workloads }: Pick<Evidence, 'workloads'>) {
  return (
    <Observed title="Workloads" observation={workloads}>
      {(all) => (
        <FactTable
          label="Workloads"
          head={['Role', 'Name', 'Ready', 'Images', 'Since', 'Note']}
          none="There is none."
          rows={all.map((one) => ({
            key: one.uid,
            cells: [
              CONTROLLER_NAMES[one.role],
              `${one.kind} ${one.namespace}/${one.name}`,
              `${one.ready} of ${one.replicas}`,
              one.containers.map(({ image }) => image).join(', '),
              <Age key="age" at={one.createdAt} />,
              [
                ...(one.helmRelease === undefined ? [] : [`Helm release ${one.helmRelease}`]),
                ...(one.deletedAt === undefined ? [] : ['being deleted']),
              ].join('; '),
            ],
          }))}
        />
      )}
    </Observed>
  );
}

export function PodSection({ pods }: Pick<Evidence, 'pods'>) {
  return (
    <Observed title="Pods" observation={pods}>
      {(all) => (
        <FactTable
          label="Pods"
          head={['Role', 'Name', 'Phase', 'Containers', 'Since']}
          none="There is none."
          rows={all.map((one) => ({
            key: one.uid,
            cells: [
              CONTROLLER_NAMES[one.role],
              `${one.namespace}/${one.name}`,
              one.unschedulable ?? `${one.phase}${one.ready ? ', ready' : ', not ready'}`,
              one.containers.map(({ name, state, reason, restarts, lastReason }) => (
                <div key={name}>
                  {name}: {state}
                  {reason !== undefined && `, ${reason}`}
                  {restarts > 0 &&
                    `, ${restarts} restarts${lastReason === undefined ? '' : ` (${lastReason})`}`}
                </div>
              )),
              <Age key="age" at={one.createdAt} />,
            ],
          }))}
        />
      )}
    </Observed>
  );
}

export function ServiceSection({ services }: Pick<Evidence, 'services'>) {
  return (
    <Observed title="Services" observation={services}>
      {(all) => (
        <FactTable
          label="Services"
          head={['Role', 'Name', 'Type', 'Addresses', 'Ports']}
          none="There is none."
          rows={all.map((one) => ({
            key: `${one.namespace}/${one.name}`,
            cells: [
              CONTROLLER_NAMES[one.role],
              `${one.namespace}/${one.name}`,
              one.type,
              [one.clusterIp, ...one.externalAddresses].filter((part) => part !== undefined).join(', ') ||
                'none',
              one.ports
                .map(
                  ({ name, port, nodePort }) =>
                    `${name} ${port}${nodePort === undefined ? '' : ` (node ${nodePort})`}`,
                )
                .join(', '),
            ],
          }))}
        />
      )}
    </Observed>
  );
}

export function ClusterEventSection({ events }: Pick<Evidence, 'events'>) {
  return (
    <Observed title="Events of the cluster" observation={events}>
      {(all) => (
        <FactTable
          label="Events of the cluster"
          head={['When', 'Object', 'Reason', 'Message']}
          none="None about our objects."
          rows={all.map((one) => ({
            key: one.uid,
            cells: [
              <Age key="age" at={one.lastAt} suffix=" ago" />,
              `${one.objectKind} ${one.objectName}`,
              one.count > 1 ? `${one.reason} (${one.count} times)` : one.reason,
              one.message,
            ],
          }))}
        />
      )}
    </Observed>
  );
}
