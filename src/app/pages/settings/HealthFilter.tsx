import type { Health } from '../../../api/diagnosis.ts';
import { HEALTH_LOOK, HEALTHS } from '../../components/connection/words.ts';
import { setSearch } from '../../navigation.ts';

interface HealthFilterProps {
  readonly counts: Readonly<Record<Health, number>>;
  /** How many of the unknown have only not been looked at yet. */
  readonly pending: number;
  readonly chosen: Health | undefined;
}

/** How many connections are how well; each count shows those alone, and pressed again all. */
export function HealthFilter({ counts, pending, chosen }: HealthFilterProps) {
  const shown = { ...counts, unknown: counts.unknown - pending };
  return (
    <div className="filters" role="group" aria-label="Show only">
      {HEALTHS.filter((health) => shown[health] > 0 || health === chosen).map((health) => (
        <button
          key={health}
          type="button"
          className={`filter tone-${HEALTH_LOOK[health].tone}`}
          aria-pressed={health === chosen}
          onClick={() => setSearch({ health: health === chosen ? undefined : health }, 'replace')}
        >
          <span className="filter-mark" />
          <b>{shown[health]}</b> {HEALTH_LOOK[health].word.toLowerCase()}
        </button>
      ))}
      {pending > 0 && <span className="filter is-pending">{pending} being looked at</span>}
    </div>
  );
}
