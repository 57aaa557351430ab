import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Beginnings } from './beginnings.ts';
import { SCHEMA } from './schema.ts';

let database: DatabaseSync;
let beginnings: Beginnings;

beforeEach(() => {
  database = new DatabaseSync(':memory:');
  database.exec(SCHEMA);
  beginnings = new Beginnings(database);
});
afterEach(() => database.close());

function write(texts: readonly string[]): void {
  const insert = database.prepare('INSERT INTO words (text) VALUES (?)');
  for (const text of texts) insert.run(text);
}

/** Places of the rows found, in the order of arrival. */
function found(match: string): unknown[] {
  return database
    .prepare('SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid')
    .all(match)
    .map((row) => row['rowid']);
}

const letters = (count: number) => Array.from({ length: count }, (_, index) => `shop${index}`);

describe('the beginning of a word', () => {
  it('names the words that begin so, so that none of them is collected whole', () => {
    write(['backend tier', 'other', 'backends', 'backen', 'Backend', 'backend2 backend']);
    expect(beginnings.match('backend')).toBe('("backend" OR "backend2" OR "backends")');
    expect(found(beginnings.match('backend'))).toEqual([1, 3, 5, 6]);
    expect(found(beginnings.match('backe'))).toEqual([1, 3, 4, 5, 6]);
    expect(found(beginnings.match('backendx'))).toEqual([]);
  });

  it('finds the same where more words share it than are named', () => {
    write([...letters(40), 'shop', 'ship']);
    expect(beginnings.match('shop')).toBe('"shop" *');
    expect(found(beginnings.match('shop'))).toHaveLength(41);
    expect(beginnings.match('shop1')).not.toContain('*');
    expect(found(beginnings.match('shop1'))).toEqual([2, ...Array.from({ length: 10 }, (_, at) => 11 + at)]);
  });

  it('names as many as it may, and not one more', () => {
    write(letters(32));
    expect(beginnings.match('shop').match(/OR/g)).toHaveLength(32);
    write(['shop99']);
    expect(beginnings.match('shop')).toBe('"shop" *');
  });

  it('leaves two and three letters to the index, which has those', () => {
    write(['shop', 'she']);
    expect([beginnings.match('sh'), beginnings.match('sho')]).toEqual(['"sh" *', '"sho" *']);
    expect(found(beginnings.match('sh'))).toEqual([1, 2]);
  });

  it('is of any alphabet, and sees what was written after it was made', () => {
    expect(beginnings.match('größe')).toBe('("größe")');
    write(['größenwahn', 'größe', '日本語日本', 'grö']);
    expect(found(beginnings.match('größ'))).toEqual([1, 2]);
    expect(found(beginnings.match('日本語日'))).toEqual([3]);
  });
});
