const KIB = 1024;
const UNITS = ['kB', 'MB', 'GB', 'TB'] as const;

/** An amount of bytes in its largest fitting unit, of 1,024 each: `512 B`, `1.4 MB`. */
export function bytesWords(bytes: number): string {
  if (bytes < KIB) return `${Math.round(bytes)} B`;
  let value = bytes / KIB;
  for (const unit of UNITS) {
    if (value < KIB || unit === 'TB') return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${unit}`;
    value /= KIB;
  }
  return `${Math.round(bytes)} B`;
}

/** A count with its thousands apart: `12,408`. */
export function countWords(count: number): string {
  return Math.round(count).toLocaleString('en');
}

/** A rate a second; small ones keep a digit: `< 0.1`, `0.4`, `48`. */
export function rateWords(perSecond: number): string {
  if (perSecond > 0 && perSecond < 0.05) return '< 0.1';
  return perSecond > 0 && perSecond < 10 ? perSecond.toFixed(1) : countWords(perSecond);
}

/** `1 row`, `2 rows`; the plural is the word with an s where it is not given. */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${countWords(count)} ${count === 1 ? one : many}`;
}
