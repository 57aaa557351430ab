import type { Candidate, Link } from '../../../api/evidence.ts';
import type { Tone } from '../../theme/tokens.ts';
import { Age } from '../../ui/Age.tsx';
import { FactTable, Section } from './Observed.tsx';

const OUTCOMES: Readonly<Record<Candidate['outcome'], Tone>> = {
  untried: 'unknown',
  trying: 'changing',
  answered: 'good',
  failed: 'broken',
  skipped: 'unknown',
};

const STATES: Readonly<Record<Link['state'], string>> = {
  idle: 'not tried',
  connecting: 'connecting',
  connected: 'connected',
  lost: 'lost',
};

/** The server’s own way to the Broker: every address tried, and what came of it. */
export function LinkSection({ link }: { readonly link: Link }) {
  return (
    <Section
      title="Link to the Broker"
      note={
        <>
          {STATES[link.state]} for <Age at={link.sinceAt} />
        </>
      }
    >
      <p className="small">
        {[
          ...(link.address === undefined ? [] : [`at ${link.address}`]),
          ...(link.serverVersion === undefined ? [] : [`NATS ${link.serverVersion}`]),
          ...(link.roundTripMs === undefined
            ? []
            : [`round trip ${Math.round(link.roundTripMs * 10) / 10} ms`]),
          `token ${link.token}`,
          `identity ${link.proof}`,
          `${link.messages.toLocaleString('en')} messages`,
          ...(link.subjects.length === 0 ? [] : [`subscribed to ${link.subjects.join(', ')}`]),
        ].join(' · ')}
        {link.lastMessageAt !== undefined && (
          <>
            {' · last message '}
            <Age at={link.lastMessageAt} suffix=" ago" />
          </>
        )}
      </p>
      {link.failure !== undefined && (
        <p className="small tone-broken evidence-failed">{link.failure.message}</p>
      )}
      <FactTable
        label="Addresses tried"
        head={['Way', 'Address', 'Result', 'Why']}
        none="No address is known."
        rows={link.candidates.map((one) => ({
          key: `${one.kind} ${one.address}`,
          cells: [
            one.kind === link.chosen ? <b key="kind">{one.kind}</b> : one.kind,
            one.address,
            <span key="outcome" className={`chip tone-${OUTCOMES[one.outcome]}`}>
              {one.outcome}
            </span>,
            one.failure?.message ?? (one.latencyMs === undefined ? '' : `${Math.round(one.latencyMs)} ms`),
          ],
        }))}
      />
    </Section>
  );
}
