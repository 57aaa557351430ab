import { useEffect, useState } from 'react';
import { setSearch } from '../../navigation.ts';

/** Long enough that a word is asked for once, short enough that nobody waits. */
const TYPING_PAUSE_MS = 200;

/** Searches name, server and findings; what was typed is part of the address. */
export function SearchField({ value }: { readonly value: string }) {
  const [typed, setTyped] = useState(value);
  const [known, setKnown] = useState(value);
  // The address changed by itself, by Back for instance: the field follows.
  if (known !== value) {
    setKnown(value);
    setTyped(value);
  }
  useEffect(() => {
    if (typed === value) return;
    const timer = setTimeout(() => setSearch({ q: typed }, 'replace'), TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed, value]);
  return (
    <input
      className="search"
      type="search"
      value={typed}
      placeholder="Search…"
      aria-label="Search connections by name, server or finding"
      onChange={(event) => setTyped(event.target.value)}
    />
  );
}
