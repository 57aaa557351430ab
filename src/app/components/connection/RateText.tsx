import { useState } from 'react';
import type { ConnectionSummary } from '../../../api/connection.ts';
import { Age, Countdown } from '../../ui/Age.tsx';

const POINTS = 24;
const WIDTH = 62;
const HEIGHT = 14;

/** What comes from this cluster, in few words; with a line of the rate since the page was opened. */
export function RateText({ connection }: { readonly connection: ConnectionSummary }) {
  const { health, nextTryAt, ratePerSecond, lastMessageAt, messages } = connection;
  const rates = useRecent(messages, ratePerSecond);
  if (health === 'changing') return <>busy</>;
  if (nextTryAt !== undefined) {
    return (
      <span>
        again <Countdown at={nextTryAt} />
      </span>
    );
  }
  if (ratePerSecond > 0) {
    return (
      <>
        <Sparkline values={rates} />
        {ratePerSecond < 10 ? Math.round(ratePerSecond * 10) / 10 : Math.round(ratePerSecond)}/s
      </>
    );
  }
  if (lastMessageAt === undefined) return <>no messages yet</>;
  return (
    <span>
      silent <Age at={lastMessageAt} />
    </span>
  );
}

/** The last rates seen here; one more whenever the counter of messages has moved. */
function useRecent(messages: number, rate: number): readonly number[] {
  const [recent, setRecent] = useState({ messages, rates: [rate] as readonly number[] });
  if (recent.messages === messages) return recent.rates;
  const rates = [...recent.rates, rate].slice(-POINTS);
  setRecent({ messages, rates });
  return rates;
}

function Sparkline({ values }: { readonly values: readonly number[] }) {
  if (values.length < 3) return null;
  const top = Math.max(...values) * 1.1;
  const points = values.map((value, index) => {
    const x = (index / (values.length - 1)) * WIDTH;
    return `${x.toFixed(1)},${(HEIGHT - 1 - (value / top) * (HEIGHT - 2)).toFixed(1)}`;
  });
  return (
    <svg width={WIDTH} height={HEIGHT} aria-hidden className="sparkline">
      <polyline points={points.join(' ')} fill="none" stroke="currentColor" strokeWidth="1.4" />
    </svg>
  );
}
