import type { Health } from '../../../api/diagnosis.ts';
import { Icon } from '../../ui/Icon.tsx';
import { HEALTH_LOOK } from './words.ts';

/** Health as mark, word and colour. */
export function HealthChip({ health }: { readonly health: Health }) {
  const { word, tone, icon } = HEALTH_LOOK[health];
  return (
    <span className={`chip tone-${tone}`}>
      <Icon name={icon} size={12} />
      {word}
    </span>
  );
}
