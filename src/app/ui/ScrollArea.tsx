import type { ReactNode } from 'react';

interface ScrollAreaProps {
  /** What is in it, for a screen reader. */
  readonly label: string;
  readonly children: ReactNode;
}

/** Something wide, a table mostly, that scrolls sideways by itself where the page must not. */
export function ScrollArea({ label, children }: ScrollAreaProps) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- without it, keyboards cannot scroll here (axe: scrollable-region-focusable)
    <div className="scroll-x" tabIndex={0} role="region" aria-label={label}>
      {children}
    </div>
  );
}
