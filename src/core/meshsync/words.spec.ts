import { describe, expect, it } from 'vitest';
import { searchText, wordsOf } from './words.ts';

describe('words', () => {
  it('are the same for a name and for what a person types', () => {
    expect(wordsOf('Catalogue-7d9f_x.y')).toEqual(['catalogue', '7d9f', 'x', 'y']);
    expect(wordsOf('"*" OR --')).toEqual(['or']);
  });

  it('come from the name and the labels, each once', () => {
    expect(searchText('web-1', { 'app.io/name': 'web', tier: 'Front' })).toBe('web 1 app io name tier front');
  });
});
