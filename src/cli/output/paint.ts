import type { Health, Verdict } from '../../api/diagnosis.ts';
import type { CheckResult } from '../../api/check.ts';

/** Colours for a terminal; without one the same words without them. Marks carry the meaning either way. */
export interface Paint {
  good(text: string): string;
  attention(text: string): string;
  broken(text: string): string;
  quiet(text: string): string;
  strong(text: string): string;
}

const ESC = '\u001B[';

export function paintFor(hasColour: boolean): Paint {
  const colour = (code: number) => (text: string) => (hasColour ? `${ESC}${code}m${text}${ESC}0m` : text);
  return {
    good: colour(32),
    attention: colour(33),
    broken: colour(31),
    quiet: colour(90),
    strong: colour(1),
  };
}

export function verdictMark(verdict: Verdict, paint: Paint): string {
  switch (verdict) {
    case 'good':
      return paint.good('✓');
    case 'attention':
      return paint.attention('!');
    case 'changing':
      return paint.attention('~');
    case 'broken':
      return paint.broken('×');
    case 'unknown':
      return paint.quiet('?');
  }
}

export function statusMark(status: CheckResult['status'], paint: Paint): string {
  switch (status) {
    case 'pass':
      return paint.good('✓');
    case 'warn':
      return paint.attention('!');
    case 'fail':
      return paint.broken('×');
    case 'skip':
      return paint.quiet('-');
    case 'waiting':
    case 'running':
      return paint.quiet('…');
  }
}

const HEALTH_WORDS: Readonly<Record<Health, string>> = {
  healthy: 'Healthy',
  'needs-attention': 'Needs attention',
  broken: 'Broken',
  changing: 'Changing',
  unknown: 'Cannot be observed',
};

export function healthWord(health: Health, paint: Paint): string {
  const word = HEALTH_WORDS[health];
  switch (health) {
    case 'healthy':
      return paint.good(word);
    case 'needs-attention':
    case 'changing':
      return paint.attention(word);
    case 'broken':
      return paint.broken(word);
    case 'unknown':
      return paint.quiet(word);
  }
}
