/**
 * The words a text is found by: letters and digits in lower case, everything else separates. The stored text and what
 * a person types go through the same rule.
 */
export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** Everything an object is found by: its name, and the keys and values of its labels. */
export function searchText(name: string, labels: Readonly<Record<string, string>>): string {
  const words = new Set(wordsOf(name));
  for (const [key, value] of Object.entries(labels)) {
    for (const word of wordsOf(key)) words.add(word);
    for (const word of wordsOf(value)) words.add(word);
  }
  return [...words].join(' ');
}
