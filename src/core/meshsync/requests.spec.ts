import { describe, expect, it } from 'vitest';
import { encodeRequest } from './requests.ts';
import { DATA_SUBJECTS, familyOf, META_SUBJECT, SUBJECTS } from './subjects.ts';
import { decodeText } from './text.ts';

describe('a request to MeshSync', () => {
  it('asks for a dump with Go’s spelling of the keys', () => {
    expect(
      JSON.parse(
        decodeText(encodeRequest({ entity: 'informer-store', reply: 'meshery-server.meshsync.store' })),
      ),
    ).toEqual({
      ObjectType: 'request-payload',
      EventType: '',
      Request: { Entity: 'informer-store', Payload: { Reply: 'meshery-server.meshsync.store' } },
      Object: null,
    });
  });

  it('asks for a re-sync without a payload', () => {
    expect(JSON.parse(decodeText(encodeRequest({ entity: 'resync-discovery' })))).toMatchObject({
      Request: { Entity: 'resync-discovery', Payload: null },
    });
  });
});

describe('subjects', () => {
  it('cover both families, each told apart', () => {
    expect(DATA_SUBJECTS).toHaveLength(4);
    expect(DATA_SUBJECTS).not.toContain(META_SUBJECT);
    expect(SUBJECTS.map((family) => familyOf(family.data))).toEqual(['meshplay', 'meshery']);
    expect(familyOf('orders.created')).toBeUndefined();
  });
});
