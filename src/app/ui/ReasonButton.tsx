import { Button, type ButtonProps } from './Button.tsx';
import { useId } from 'react';

/**
 * A button that, when it cannot be used, stays reachable and says why: on hover, on focus, on a tap. A truly disabled
 * button would keep its reason from keyboards and screen readers.
 */
export function ReasonButton({ reason, ...props }: ButtonProps & { readonly reason?: string | undefined }) {
  const id = useId();
  if (reason === undefined) return <Button {...props} />;
  return (
    <span className="hint">
      <Button {...props} aria-disabled aria-describedby={id} onClick={undefined} />
      <span role="tooltip" id={id} className="hint-text">
        {reason}
      </span>
    </span>
  );
}
