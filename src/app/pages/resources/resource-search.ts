import type { ResourceKey } from '../../components/data/data-queries.ts';

/** No name of Kubernetes holds one. */
const SEPARATOR = '|';

/** An object as a part of the address. */
export function objectWord({ clusterUid, apiVersion, kind, namespace, name }: ResourceKey): string {
  return [clusterUid, apiVersion, kind, namespace, name].join(SEPARATOR);
}

/** The object an address names; undefined where it names none, since anything can be typed there. */
export function objectOf(word: string | null): ResourceKey | undefined {
  const parts = word?.split(SEPARATOR) ?? [];
  const [clusterUid, apiVersion, kind, namespace, name] = parts;
  if (parts.length !== 5 || !clusterUid || !apiVersion || !kind || namespace === undefined || !name) {
    return undefined;
  }
  return { clusterUid, apiVersion, kind, namespace, name };
}

/** Words with commas between them, as the address and the API have them. */
export function wordsIn(text: string | null): readonly string[] {
  return (text ?? '')
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

/** The words with one more, or without it where it was there; undefined when none is left. */
export function toggled(words: readonly string[], word: string): string | undefined {
  const next = words.includes(word) ? words.filter((one) => one !== word) : [...words, word];
  return next.length === 0 ? undefined : next.join(',');
}
