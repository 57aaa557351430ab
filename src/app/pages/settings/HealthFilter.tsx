import type { Health } from '../../../api/diagnosis.ts';
import { HEALTH_LOOK, HEALTHS } from '../../components/connection/words.ts';
import { setSearch } from '../../navigation.ts';

interface HealthFilterProps {
  readonly counts: Readonly<Record<Health, number>>;
  readonly chosen: Health | undefined;
}

/** How many connections are how well; each count shows those alone, and pressed again all. */
export function HealthFilter({ counts, chosen }: HealthFilterProps) {
  return (
    <div className="filters" role="group" aria-label="Show only">
      {HEALTHS.filter((health) => counts[health] > 0 || health === chosen).map((health) => (
        <button
          key={health}
          type="button"
          className={`filter tone-${HEALTH_LOOK[health].tone}`}
          aria-pressed={health === chosen}
          onClick={() => setSearch({ health: health === chosen ? undefined : health }, 'replace')}
        >
          <span className="filter-mark" />
          <b>{counts[health]}</b> {HEALTH_LOOK[health].word.toLowerCase()}
        </button>
      ))}
    </div>
  );
}
