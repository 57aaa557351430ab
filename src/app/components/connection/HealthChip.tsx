import type { Health } from '../../../api/diagnosis.ts';
import { Icon } from '../../ui/Icon.tsx';
import { HEALTH_LOOK, PENDING_LOOK } from './words.ts';

interface HealthChipProps {
  readonly health: Health;
  /** Nobody has looked yet, so that there is no health to tell. */
  readonly isPending?: boolean;
}

/** Health as mark, word and colour. */
export function HealthChip({ health, isPending = false }: HealthChipProps) {
  const { word, tone, icon } = isPending ? PENDING_LOOK : HEALTH_LOOK[health];
  return (
    <span className={`chip tone-${tone}`}>
      <Icon name={icon} size={12} />
      {word}
    </span>
  );
}
