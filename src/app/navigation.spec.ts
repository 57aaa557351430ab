// @vitest-environment jsdom
import { act, cleanup, renderHook } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { isNavigated, navigate, setSearch, usePathname, useSearch } from './navigation.ts';
import { pageFor } from './pages.ts';
import { paths } from './paths.ts';

beforeEach(() => {
  window.history.replaceState(null, '', '/settings');
  vi.spyOn(window, 'scrollTo').mockImplementation(() => undefined);
});
afterEach(cleanup);

describe('navigation', () => {
  it('tells everybody where one has gone, and that it was by a link', () => {
    const { result } = renderHook(() => usePathname());
    expect(isNavigated()).toBe(false);
    act(() => navigate(paths.activity({ connection: 'a b' })));
    expect(result.current).toBe('/activity');
    expect(window.location.search).toBe('?connection=a+b');
    expect(isNavigated()).toBe(true);
    expect(window.scrollTo).toHaveBeenCalledWith(0, 0);
  });

  it('changes only the named parts of the search and stays where it is', () => {
    const { result } = renderHook(() => useSearch());
    act(() => setSearch({ q: 'prod', health: 'broken' }));
    act(() => setSearch({ q: undefined, open: 'c-1' }));
    expect(result.current.toString()).toBe('health=broken&open=c-1');
    expect(window.scrollTo).not.toHaveBeenCalled();
    expect(isNavigated()).toBe(false);
  });

  it('leaves no entry behind when it replaces', () => {
    const before = window.history.length;
    navigate('/settings?q=x', 'replace');
    expect(window.history.length).toBe(before);
    expect(window.location.search).toBe('?q=x');
  });
});

describe('pageFor', () => {
  it('finds a page with or without a slash at the end, and children only where there are some', () => {
    const component = () => null;
    const all = [
      { path: '/errors', hasChildren: true, component },
      { path: '/settings', component },
    ];
    expect(pageFor('/errors/MT-B-01', all)?.path).toBe('/errors');
    expect(pageFor('/settings/', all)?.path).toBe('/settings');
    expect(pageFor('/settings/x', all)).toBeUndefined();
    expect(pageFor('/errorsome', all)).toBeUndefined();
  });
});
