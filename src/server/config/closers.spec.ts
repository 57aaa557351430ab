import { describe, expect, it } from 'vitest';
import { Closers } from './closers.ts';

describe('Closers', () => {
  it('stops last first, once, and everything although something fails', async () => {
    const stopped: string[] = [];
    const closers = new Closers();
    closers.add(() => void stopped.push('first'));
    closers.add(() => Promise.reject(new Error('stuck')));
    closers.add(async () => void stopped.push('last'));
    await expect(closers.close()).rejects.toThrow('stuck');
    expect(stopped).toEqual(['last', 'first']);
    await closers.close();
    expect(stopped).toHaveLength(2);
  });
});
