import { useState } from 'react';

/**
 * The error to show of a query that is asked again and again: while nothing was ever read, each new try would put
 * “loading” in the place of the error, and take the button under the mouse with it.
 */
export function useToldError(data: unknown, error: Error | null): Error | null {
  const [last, setLast] = useState(error);
  if (error !== null && error !== last) setLast(error);
  if (data !== undefined && last !== null && error === null) setLast(null);
  return data === undefined ? (error ?? last) : error;
}
