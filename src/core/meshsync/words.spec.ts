import { describe, expect, it } from 'vitest';
import { indexText, searchText, wordsOf } from './words.ts';

describe('words', () => {
  it('are the same for a name and for what a person types', () => {
    expect(wordsOf('Catalogue-7d9f_x.y')).toEqual(['catalogue', '7d9f', 'x', 'y']);
    expect(wordsOf('"*" OR --')).toEqual(['or']);
  });

  it('come from the name and the labels, each once', () => {
    expect(searchText('web-1', { 'app.io/name': 'web', tier: 'Front' })).toBe('web 1 app io name tier front');
  });

  it.each([
    ['Web-1', { 'app.io/name': 'web', tier: 'Front_end' }],
    ['bücher-regal', { größe: 'übergroß' }],
    ['web', { note: 'a "quoted" \\ word\nnext', path: 'C:\\new' }],
    ['a[b]~c!', { '{x}': '^_`' }],
    ['plain', {}],
  ])('are the same in the index, which splits at all ASCII but letters and digits: %s', (name, labels) => {
    const text = indexText(name, labels, JSON.stringify(labels));
    const split = text.split(/[\0-/:-@[-`{-\x7f]+/).filter((word) => word !== '');
    const lowered = split.map((word) => word.replace(/[A-Z]/g, (letter) => letter.toLowerCase()));
    expect(new Set(lowered)).toEqual(new Set(searchText(name, labels).split(' ')));
  });
});
