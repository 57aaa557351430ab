/**
 * The words a text is found by: letters and digits in lower case, everything else separates. The stored text and what
 * a person types go through the same rule.
 */
export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** Printable ASCII without the mark of an escape: whoever splits it at all but letters and digits finds the same words. */
const PLAIN = /^[ -[\]-~]*$/;

/**
 * The words of an object as text for an index that itself splits at everything in ASCII but letters and digits, and
 * lowers them: `labelsJson` goes in as it is where it can, which saves taking it apart.
 */
export function indexText(
  name: string,
  labels: Readonly<Record<string, string>>,
  labelsJson: string,
): string {
  return PLAIN.test(name) && PLAIN.test(labelsJson) ? `${name} ${labelsJson}` : searchText(name, labels);
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
