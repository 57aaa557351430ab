import { createTheme } from '@mui/material/styles';
import { DARK, LIGHT } from './tokens.ts';

declare module '@mui/material/styles' {
  interface Palette {
    tone: typeof LIGHT.tone;
  }
  interface PaletteOptions {
    tone: typeof LIGHT.tone;
  }
}

/** Where the choice between light, dark and the system's own is remembered. */
export const COLOR_MODE_KEY = 'meshplay-colours';

function palette(tokens: typeof LIGHT) {
  return {
    primary: { main: tokens.accent, contrastText: tokens.onAccent },
    error: { main: tokens.tone.broken.main },
    warning: { main: tokens.tone.attention.main },
    success: { main: tokens.tone.good.main },
    background: { default: tokens.background, paper: tokens.panel },
    text: { primary: tokens.text, secondary: tokens.quiet },
    divider: tokens.line,
    tone: tokens.tone,
  };
}

/** Colours are CSS variables, `--mt-palette-…`, so that switching light and dark draws nothing again. */
export const theme = createTheme({
  cssVariables: { cssVarPrefix: 'mt', colorSchemeSelector: 'data' },
  colorSchemes: { light: { palette: palette(LIGHT) }, dark: { palette: palette(DARK) } },
  shape: { borderRadius: 8 },
  typography: {
    fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif',
    body1: { fontSize: '0.875rem' },
    body2: { fontSize: '0.8125rem' },
    h6: { fontSize: '1.0625rem', fontWeight: 650 },
    button: { textTransform: 'none', fontWeight: 600, fontSize: '0.8125rem' },
  },
  components: {
    MuiButtonBase: { defaultProps: { disableRipple: true } },
    // In line with what the dialog holds.
    MuiDialogActions: { styleOverrides: { root: { padding: '8px 24px 18px' } } },
    MuiPaper: { styleOverrides: { root: { backgroundImage: 'none' } } },
  },
});
