import type { Stream } from '../../../api/evidence.ts';
import type { Tone } from '../../theme/tokens.ts';
import { Age } from '../../ui/Age.tsx';
import { FactTable, Section } from './Observed.tsx';

const TONES: Readonly<Record<Stream['state'], Tone>> = {
  starting: 'changing',
  live: 'good',
  silent: 'broken',
  retrying: 'attention',
  stopped: 'unknown',
};

/** How each watch fares, and when it was last known to tell the truth. */
export function StreamSection({ streams }: { readonly streams: readonly Stream[] }) {
  return (
    <Section title="Watches">
      <FactTable
        label="Watches"
        head={['What', 'State', 'Since', 'Proven', 'Objects', 'Why']}
        none="None runs."
        rows={streams.map((one) => ({
          key: one.name,
          cells: [
            one.name,
            <span key="state" className={`chip tone-${TONES[one.state]}`}>
              {one.state}
            </span>,
            <Age key="since" at={one.sinceAt} />,
            one.provenAt === undefined ? 'never' : <Age key="proven" at={one.provenAt} suffix=" ago" />,
            one.objects,
            one.failure?.message,
          ],
        }))}
      />
    </Section>
  );
}
