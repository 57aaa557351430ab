import { durationWords } from '../data/duration.ts';
import { useFromNow } from '../data/now.ts';

/** How long ago a time was, kept up to date by itself. */
export function Age({ at, suffix = '' }: { readonly at: string; readonly suffix?: string }) {
  const words = useFromNow((nowMs) => durationWords(nowMs - Date.parse(at)));
  return (
    <time dateTime={at} title={new Date(at).toLocaleString()}>
      {words}
      {suffix}
    </time>
  );
}

/** How long it is until a time: `22 s`, or `now` when it has come. */
export function Countdown({ at }: { readonly at: string }) {
  const words = useFromNow((nowMs) => {
    const leftMs = Date.parse(at) - nowMs;
    return leftMs < 1_000 ? 'now' : `in ${durationWords(leftMs)}`;
  });
  return <>{words}</>;
}
