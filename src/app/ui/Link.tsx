import type { AnchorHTMLAttributes, MouseEvent } from 'react';
import { navigate } from '../navigation.ts';

type LinkProps = AnchorHTMLAttributes<HTMLAnchorElement> & { readonly href: string };

/** Follows a link inside the page without loading it anew; leaves new tabs and downloads to the browser. */
export function follow(event: MouseEvent<HTMLElement>, href: string): void {
  if (event.defaultPrevented || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  navigate(href);
}

/** A link to another address of the page, or, with a full URL, to elsewhere in a new tab. */
export function Link({ href, children, onClick, ...rest }: LinkProps) {
  if (/^https?:/.test(href)) {
    return (
      <a {...rest} href={href} target="_blank" rel="noreferrer">
        {children}
        <span className="sr-only"> (opens a new tab)</span>
      </a>
    );
  }
  return (
    <a
      {...rest}
      href={href}
      onClick={(event) => {
        onClick?.(event);
        follow(event, href);
      }}
    >
      {children}
    </a>
  );
}
