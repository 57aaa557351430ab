/** How good a thing is, as a colour: the verdicts of the contract. */
export const TONES = ['good', 'attention', 'broken', 'changing', 'unknown'] as const;
export type Tone = (typeof TONES)[number];

interface Tokens {
  readonly background: string;
  readonly panel: string;
  readonly text: string;
  readonly quiet: string;
  readonly line: string;
  readonly accent: string;
  readonly onAccent: string;
  /** `main` for words and marks (4.5 : 1 on `ground` and on a panel), `ground` behind them. */
  readonly tone: Readonly<Record<Tone, { readonly main: string; readonly ground: string }>>;
}

export const LIGHT: Tokens = {
  background: '#f5f7f8',
  panel: '#ffffff',
  text: '#15202b',
  quiet: '#576773',
  line: '#dfe5e9',
  accent: '#00796b',
  onAccent: '#ffffff',
  tone: {
    good: { main: '#1a7a4c', ground: '#e7f4ec' },
    attention: { main: '#935600', ground: '#fdf0dd' },
    broken: { main: '#b3261e', ground: '#fdebea' },
    changing: { main: '#00766a', ground: '#e1f3f1' },
    unknown: { main: '#5a6170', ground: '#ededf1' },
  },
};

export const DARK: Tokens = {
  background: '#0f161c',
  panel: '#172029',
  text: '#e6edf3',
  quiet: '#93a4b3',
  line: '#2a3742',
  accent: '#4fd1bf',
  onAccent: '#06231f',
  tone: {
    good: { main: '#5fd39a', ground: '#122d20' },
    attention: { main: '#f3b95f', ground: '#362711' },
    broken: { main: '#ff8a80', ground: '#3c1819' },
    changing: { main: '#4fd1bf', ground: '#133330' },
    unknown: { main: '#a5afbd', ground: '#262f39' },
  },
};
