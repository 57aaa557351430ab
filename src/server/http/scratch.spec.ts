import { describe, expect, it } from 'vitest';
import { Scratch } from './scratch.ts';

const pieces = (...texts: string[]) => texts.map((text) => new TextEncoder().encode(text));
const text = async (bytes: Uint8Array) => Buffer.from(bytes).toString();

describe('Scratch', () => {
  it('puts pieces together, longer and shorter ones after another', async () => {
    const scratch = new Scratch();
    expect(await scratch.join(pieces('“a”', 'bc', ''), text)).toBe('“a”bc');
    expect(await scratch.join(pieces('x'.repeat(3000), 'y'), text)).toBe(`${'x'.repeat(3000)}y`);
    expect(await scratch.join(pieces('short'), text)).toBe('short');
    expect(await scratch.join([], text)).toBe('');
  });

  it('uses the same room again, also after a use that failed', async () => {
    const scratch = new Scratch();
    const roomOf = async (bytes: Uint8Array) => bytes.buffer;
    const first = await scratch.join(pieces('a longer text'), roomOf);
    await expect(
      scratch.join(pieces('b'), () => Promise.reject(new Error('no room on disk'))),
    ).rejects.toThrow('no room on disk');
    expect(await scratch.join(pieces('c'), roomOf)).toBe(first);
  });

  it('gives two that are written at once a room each', async () => {
    const scratch = new Scratch();
    await scratch.join(pieces('so that there is one to give'), text);
    const { promise, resolve } = Promise.withResolvers<void>();
    const slow = scratch.join(pieces('first'), async (bytes) => {
      await promise;
      return Buffer.from(bytes).toString();
    });
    expect(await scratch.join(pieces('other'), text)).toBe('other');
    resolve();
    expect(await slow).toBe('first');
  });
});
