import useMediaQuery from '@mui/material/useMediaQuery';
import { countWords } from '../../components/data/amounts.ts';
import type { Facet } from './facets.ts';

interface FacetListProps {
  readonly title: string;
  readonly facets: readonly Facet[];
  readonly chosen: readonly string[];
  readonly onToggle: (value: string) => void;
}

/** What rows can be narrowed to, each with how many there are; folded where there is little room. */
export function FacetList({ title, facets, chosen, onToggle }: FacetListProps) {
  const isWide = useMediaQuery('(min-width: 900px)', { noSsr: true });
  if (facets.length === 0) return null;
  return (
    <details className="facet" open={isWide || undefined}>
      <summary>
        {title}
        {chosen.length > 0 && <span className="chip tone-changing">{chosen.length} chosen</span>}
      </summary>
      <ul>
        {facets.map(({ value, rows }) => (
          <li key={value}>
            <label>
              <input type="checkbox" checked={chosen.includes(value)} onChange={() => onToggle(value)} />
              <span className="facet-word">{value}</span>
              <span className="quiet small">{countWords(rows)}</span>
            </label>
          </li>
        ))}
      </ul>
    </details>
  );
}
