import { failureOf } from '../failure.ts';
import type { KubeObject, Log } from '../ports.ts';
import { keyOf } from './pages.ts';
import type { StreamSpec } from './stream-spec.ts';

export interface Entry<T> {
  readonly version: string;
  readonly value: T | undefined;
}

/** What a stream has delivered: the version of each object, and the projection of those that are ours. */
export class Ledger<T> {
  readonly #spec: StreamSpec<T>;
  readonly #log: Log;
  readonly #entries = new Map<string, Entry<T>>();
  /** Keys the watch spoke of since the audit that runs began. */
  readonly #touched = new Set<string>();
  #rejected = 0;
  #values: T[] | undefined;

  constructor(spec: StreamSpec<T>, log: Log) {
    this.#spec = spec;
    this.#log = log;
  }

  size(): number {
    return this.#entries.size;
  }

  values(): T[] {
    this.#values ??= [...this.#entries.values()].flatMap((entry) =>
      entry.value === undefined ? [] : [entry.value],
    );
    return this.#values;
  }

  take(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: KubeObject): void {
    const key = keyOf(object.metadata);
    this.#touched.add(key);
    this.#values = undefined;
    if (type === 'DELETED') this.#entries.delete(key);
    else this.#entries.set(key, this.entry(object));
  }

  replace(entries: ReadonlyMap<string, Entry<T>>): void {
    this.#entries.clear();
    for (const [key, entry] of entries) this.#entries.set(key, entry);
    this.#values = undefined;
  }

  beginAudit(): void {
    this.#touched.clear();
  }

  /** Keys whose versions differ from the list, and of which the watch has said nothing since the audit began. */
  missed(listed: ReadonlyMap<string, string>): string[] {
    const isMissed = (key: string) =>
      !this.#touched.has(key) && this.#entries.get(key)?.version !== listed.get(key);
    return [...new Set([...listed.keys(), ...this.#entries.keys()])].filter(isMissed);
  }

  /** A malformed object is counted and skipped; it takes nothing else down. */
  entry(object: KubeObject): Entry<T> {
    const version = object.metadata.resourceVersion ?? '';
    try {
      return { version, value: this.#spec.project(object) };
    } catch (error) {
      this.#rejected += 1;
      this.#log.warn(
        {
          stream: this.#spec.name,
          object: keyOf(object.metadata),
          rejected: this.#rejected,
          reason: failureOf(error).message,
        },
        'object skipped: not what was expected',
      );
      return { version, value: undefined };
    }
  }
}
