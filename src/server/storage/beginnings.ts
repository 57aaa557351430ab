import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { textOf } from './row.ts';

/** The words of the index one by one, in order. `instance` gives them as it walks; `row` would first count each one's rows. */
export const WORDS_IN_ORDER =
  'CREATE VIRTUAL TABLE temp.word_in_order USING fts5vocab(main, words, instance)';
/** Up to here the index has beginnings of its own, see the schema. */
const INDEXED_LETTERS = 3;
/** Beginnings that more words share are left to the index: each of them has few rows then, or the words are not of people. */
const MOST_WORDS = 32;
/** Less than everything that a word is made of: the next word after another begins at or after it with this behind. */
const LOWEST = '\u0001';

/**
 * What stands for the beginning of a word in a search. FTS5 collects every row of every word with a longer beginning than
 * it has an index for before it gives the first, which for a label that all of a million rows have took a quarter of a
 * second. Named one by one, the same words are walked row by row, and the page is full after as many as it shows.
 */
export class Beginnings {
  readonly #next: StatementSync;

  /** Also on a database that is open for reading only: the table is one of this connection. */
  constructor(database: DatabaseSync) {
    database.exec(WORDS_IN_ORDER);
    this.#next = database.prepare('SELECT term FROM temp.word_in_order WHERE term >= ? LIMIT 1');
  }

  /** The part of a MATCH that finds the words which begin so. `beginning` is letters and digits only, as `wordsOf` gives. */
  match(beginning: string): string {
    const words = beginning.length <= INDEXED_LETTERS ? undefined : this.#wordsWith(beginning);
    if (words === undefined) return `"${beginning}" *`;
    return `(${[beginning, ...words].map((word) => `"${word}"`).join(' OR ')})`;
  }

  /** The longer words; undefined where there are too many to name. */
  #wordsWith(beginning: string): string[] | undefined {
    const words: string[] = [];
    for (let from = beginning + LOWEST; ; from = `${words.at(-1)}${LOWEST}`) {
      const row = this.#next.get(from);
      const word = row === undefined ? '' : textOf(row, 'term');
      if (!word.startsWith(beginning)) return words;
      if (words.length >= MOST_WORDS) return undefined;
      words.push(word);
    }
  }
}
