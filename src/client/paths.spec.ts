import { describe, expect, it } from 'vitest';
import { routes } from '../api/routes.ts';
import { paths } from './paths.ts';

describe('the paths the client calls', () => {
  it('are those of the contract, one for one', () => {
    const contract = Object.fromEntries(
      Object.entries(routes).map(([name, { method, path }]) => [name, { method, path }]),
    );
    expect(paths).toEqual(contract);
  });
});
