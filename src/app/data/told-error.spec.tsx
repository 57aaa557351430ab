// @vitest-environment jsdom
import { renderHook } from '@testing-library/react';
import { expect, it } from 'vitest';
import { useToldError } from './told-error.ts';

it('keeps the error while it is tried again and nothing was ever read, and lets it go when something was', () => {
  const refused = new Error('refused');
  const asked: { data: unknown; error: Error | null } = { data: undefined, error: null };
  const hook = renderHook(({ data, error }) => useToldError(data, error), { initialProps: asked });
  expect(hook.result.current).toBeNull();
  hook.rerender({ data: undefined, error: refused });
  expect(hook.result.current).toBe(refused);
  hook.rerender({ data: undefined, error: null });
  expect(hook.result.current).toBe(refused);
  hook.rerender({ data: 1, error: null });
  expect(hook.result.current).toBeNull();
  hook.rerender({ data: undefined, error: null });
  expect(hook.result.current).toBeNull();
  hook.rerender({ data: 1, error: refused });
  expect(hook.result.current).toBe(refused);
});
