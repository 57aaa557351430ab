import { describe, expect, it } from 'vitest';
import { CLUSTER_UID, wireMessage, wirePod } from './fixture.ts';
import { peekClusterId } from './peek.ts';
import { encodeText } from './text.ts';

describe('the cluster of a message', () => {
  it('is found past an empty one in the metadata', () => {
    expect(peekClusterId(wireMessage('ADDED', wirePod()))).toBe(CLUSTER_UID);
  });

  it('is found with spaces after the key', () => {
    expect(peekClusterId(encodeText('{ "cluster_id" :\n "abc" }'))).toBe('abc');
  });

  it('is not taken from JSON inside a string', () => {
    const annotation = [{ key: 'k', value: '{"cluster_id":"forged"}' }];
    const body = wireMessage('ADDED', wirePod({}, { annotations: annotation }));
    expect(peekClusterId(body)).toBe(CLUSTER_UID);
  });

  it('is absent where none is named', () => {
    expect(peekClusterId(wireMessage('ADDED', wirePod({ cluster_id: '' })))).toBeUndefined();
    expect(peekClusterId(encodeText('"cluster_id'))).toBeUndefined();
    expect(peekClusterId(new Uint8Array())).toBeUndefined();
  });
});
