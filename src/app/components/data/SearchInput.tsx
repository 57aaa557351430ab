import { useEffect, useState } from 'react';
import { setSearch } from '../../navigation.ts';

/** Long enough that a word is asked for once, short enough that nobody waits. */
const TYPING_PAUSE_MS = 200;

interface SearchInputProps {
  /** The `q` of the address. */
  readonly value: string;
  readonly label: string;
  readonly placeholder: string;
}

/** A search whose words are part of the address. */
export function SearchInput({ value, label, placeholder }: SearchInputProps) {
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
      className="data-search"
      type="search"
      value={typed}
      placeholder={placeholder}
      aria-label={label}
      onChange={(event) => setTyped(event.target.value)}
    />
  );
}
