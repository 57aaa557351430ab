import type { Evidence } from '../../../api/evidence.ts';
import { Age } from '../../ui/Age.tsx';
import { FactTable, Observed } from './Observed.tsx';

/** Who the Broker itself says is connected. */
export function MonitorSection({ monitor }: Pick<Evidence, 'monitor'>) {
  return (
    <Observed title="Broker, by its own word" observation={monitor}>
      {(value) => (
        <>
          <p className="small">
            {value.serverName} {value.version} · {value.connections} clients
            {!value.isComplete && ' (more than were read)'} · {value.inMessages.toLocaleString('en')} messages
            in, {value.outMessages.toLocaleString('en')} out · {value.slowConsumers} slow consumers ·{' '}
            {value.authRequired ? 'asks for a token' : 'open to everybody'}
          </p>
          <FactTable
            label="Clients of the Broker"
            head={['Client', 'Subscriptions', 'In', 'Out']}
            none="Neither MeshSync nor a server is connected."
            rows={value.clients.map((one) => ({
              key: String(one.cid),
              cells: [
                `${one.name}${one.isOurs ? ' (this server)' : ''}`,
                one.subscriptions.join(', ') || 'none',
                one.inMessages.toLocaleString('en'),
                one.outMessages.toLocaleString('en'),
              ],
            }))}
          />
        </>
      )}
    </Observed>
  );
}

/** What the database holds of the cluster. */
export function DatabaseSection({ database }: Pick<Evidence, 'database'>) {
  return (
    <Observed title="Database" observation={database}>
      {({ rows, lastWriteAt, isBehind, rejected }) => (
        <p className="small">
          {rows.toLocaleString('en')} rows
          {lastWriteAt !== undefined && (
            <>
              {' · last written '}
              <Age at={lastWriteAt} suffix=" ago" />
            </>
          )}
          {isBehind && ' · writing is slower than what arrives'}
          {rejected > 0 && ` · ${rejected.toLocaleString('en')} messages could not be stored`}
        </p>
      )}
    </Observed>
  );
}
