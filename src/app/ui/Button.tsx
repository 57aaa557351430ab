import ButtonBase, { type ButtonBaseProps } from '@mui/material/ButtonBase';
import type { ReactNode } from 'react';
import './button.css';

export interface ButtonProps extends ButtonBaseProps {
  readonly variant?: 'text' | 'outlined' | 'contained';
  readonly tint?: 'none' | 'primary' | 'danger';
  readonly startIcon?: ReactNode;
}

/**
 * A button with words. Made of MUI’s own base: MUI’s `Button` and `IconButton` bring a spinner, colour tables and
 * ripples that this page does not use, 6 kB of the first screen.
 */
export function Button({
  variant = 'text',
  tint = 'none',
  startIcon,
  children,
  className = '',
  ...rest
}: ButtonProps) {
  return (
    <ButtonBase {...rest} className={`button is-${variant} is-${tint} ${className}`}>
      {startIcon}
      {children}
    </ButtonBase>
  );
}

interface IconButtonProps extends ButtonBaseProps {
  readonly 'aria-label': string;
}

/** A button with a mark; its label says what it does. */
export function IconButton({ className = '', ...rest }: IconButtonProps) {
  return <ButtonBase {...rest} className={`icon-button ${className}`} />;
}
