import { encodeText } from './text.ts';

/** A question to MeshSync, published on the request subject of its family. Source: domain.md 4.2. */
export type MeshsyncRequest =
  /** Everything its informers hold, in batches on `reply`; there is no end marker. */
  | { readonly entity: 'informer-store'; readonly reply: string }
  /** Tears its informers down and publishes everything again as ADDED, five seconds later. */
  | { readonly entity: 'resync-discovery' }
  /** Its version, answered on `META_SUBJECT`. */
  | { readonly entity: 'meshsync-meta' };

/** The body to publish. MeshSync is written in Go and declares no JSON names: the keys are PascalCase. */
export function encodeRequest(request: MeshsyncRequest): Uint8Array {
  const payload = request.entity === 'informer-store' ? { Reply: request.reply } : null;
  return encodeText(
    JSON.stringify({
      ObjectType: 'request-payload',
      EventType: '',
      Request: { Entity: request.entity, Payload: payload },
      Object: null,
    }),
  );
}
