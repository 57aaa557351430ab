import { describe, expect, it } from 'vitest';
import { ApiError } from '../../api/errors.ts';
import type { Provenance } from './origin.ts';
import { assertOwnRequest } from './origin.ts';

const own: Provenance = {
  method: 'POST',
  host: '127.0.0.1:9081',
  origin: undefined,
  fetchSite: undefined,
  fetchMode: undefined,
};
const check = (change: Partial<Provenance>) => () =>
  assertOwnRequest({ ...own, ...change }, ['mesh.example.org']);

describe('assertOwnRequest', () => {
  it.each<Partial<Provenance>>([
    {},
    { host: 'localhost:9081', origin: 'http://localhost:9081', fetchSite: 'same-origin' },
    { host: '[::1]:9081', origin: 'http://[::1]:9081' },
    { host: 'LOCALHOST' },
    { host: 'mesh.example.org', origin: 'https://mesh.example.org', fetchSite: 'same-origin' },
    { fetchSite: 'none', fetchMode: 'navigate', method: 'GET' },
    { fetchSite: 'cross-site', fetchMode: 'navigate', method: 'GET' },
  ])('lets in %o', (change) => {
    expect(check(change)).not.toThrow();
  });

  it.each<Partial<Provenance>>([
    { host: undefined },
    { host: '' },
    { host: 'evil.example' },
    { host: '127.0.0.1.evil.example' },
    { host: 'localhost@evil.example' },
    { host: '192.168.1.5:9081' },
    { host: 'other.example.org' },
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: 'http://127.0.0.1:3000', fetchSite: 'same-site' },
    { origin: 'http://127.0.0.1:9081.evil.example' },
    { fetchSite: 'cross-site', fetchMode: 'no-cors', method: 'GET' },
    { fetchSite: 'same-site', fetchMode: 'cors', method: 'GET' },
    { fetchSite: 'cross-site', fetchMode: 'navigate', method: 'POST' },
  ])('refuses %o', (change) => {
    expect(check(change)).toThrow(ApiError);
    expect(check(change)).toThrow(expect.objectContaining({ code: 'forbidden-origin' }));
  });
});
