import { useStore } from '../../data/store.ts';
import { selection, toggleSelected } from './selection.ts';

/** Chooses a connection to act on together with others; there only while one selects. */
export function SelectBox({ place }: { readonly place: { readonly id: string; readonly name: string } }) {
  const selected = useStore(selection);
  if (selected === undefined) return null;
  const { id, name } = place;
  return (
    <input
      type="checkbox"
      className="select-box"
      aria-label={`Select ${name}`}
      checked={selected.has(id)}
      onChange={() => toggleSelected(id, { id, name })}
    />
  );
}
