import { useColorScheme } from '@mui/material/styles';
import { IconButton } from '../ui/Button.tsx';
import { Icon } from '../ui/Icon.tsx';

const NEXT = { system: 'light', light: 'dark', dark: 'system' } as const;
const WORDS = { system: 'as the system', light: 'light', dark: 'dark' } as const;
const MARKS = { system: 'system', light: 'sun', dark: 'moon' } as const;

/** Goes round through the system’s own colours, light, and dark; the choice is remembered. */
export function ColorModeButton() {
  const { mode = 'system', setMode } = useColorScheme();
  const label = `Colours: ${WORDS[mode]}. Change to ${WORDS[NEXT[mode]]}`;
  return (
    <IconButton aria-label={label} title={label} onClick={() => setMode(NEXT[mode])}>
      <Icon name={MARKS[mode]} size={20} />
    </IconButton>
  );
}
