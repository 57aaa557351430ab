import { lazy, Suspense, useState } from 'react';
import { durationWords } from '../../data/duration.ts';
import { Age } from '../../ui/Age.tsx';
import { Button } from '../../ui/Button.tsx';
import { ListSkeleton } from '../../ui/ListSkeleton.tsx';
import type { Place } from '../../components/operation/work.ts';
import { rateWords } from '../../components/data/amounts.ts';
import { useFreshness, useRates } from '../../components/data/data-queries.ts';
import { FreshnessChip } from '../../components/data/FreshnessChip.tsx';
import { Sparkline } from '../../components/data/Sparkline.tsx';

const DataPanel = lazy(async () => ({
  default: (await import('../../components/data/DataPanel.tsx')).DataPanel,
}));

/** How the chosen connection's data fares, in a line; opened, all there is to know and to do about it. */
export function ConnectionData({ connection }: { readonly connection: Place & { readonly id: string } }) {
  const connectionId = connection.id;
  const { data } = useFreshness(connectionId);
  const { data: rates } = useRates(connectionId);
  const [isOpen, setOpen] = useState(false);
  return (
    <section className="panel stack" aria-label={`Data of ${connection.name}`}>
      <div className="row data-line">
        <h2>{connection.name}</h2>
        {data !== undefined && !isOpen && (
          <>
            <FreshnessChip freshness={data} />
            <span className="small">
              {data.lastMessageAt === undefined ? (
                'no message yet'
              ) : (
                <>
                  last message <Age at={data.lastMessageAt} suffix=" ago" />
                </>
              )}
            </span>
          </>
        )}
        <span className="spread" />
        {rates !== undefined && !isOpen && (
          <Sparkline
            label="Messages"
            values={rates.messages.map((count) => count / rates.stepSeconds)}
            words={(value) => `${rateWords(value)}/s`}
            over={`the last ${durationWords(rates.messages.length * rates.stepSeconds * 1_000)}`}
          />
        )}
        <Button variant="outlined" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? 'Hide the details' : 'Freshness and comparison'}
        </Button>
      </div>
      {isOpen && (
        <Suspense fallback={<ListSkeleton label="Loading the details" />}>
          <DataPanel connection={connection} />
        </Suspense>
      )}
    </section>
  );
}
