import { useEffect, useRef } from 'react';
import { isNavigated } from '../navigation.ts';

/** The heading of a page. After a navigation it takes the focus, which also reads it out. */
export function PageTitle({ children }: { readonly children: string }) {
  const ref = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${children} · Meshplay Troubleshooter`;
    if (isNavigated()) ref.current?.focus({ preventScroll: true });
  }, [children]);
  return (
    <h1 ref={ref} tabIndex={-1}>
      {children}
    </h1>
  );
}
