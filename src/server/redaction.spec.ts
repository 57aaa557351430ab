import { describe, expect, it } from 'vitest';
import { createLogger } from './log.ts';
import { scrubbed } from './redaction.ts';

const PEM = '-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\n-----END RSA PRIVATE KEY-----';
const JWT = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhZG1pbiJ9.c2lnbmF0dXJl';

describe('scrubbed', () => {
  it.each([
    [`key ${PEM} end`, 'MIIEpAIBAAKCAQEA'],
    ['Authorization: Bearer abc.def-ghi_123', 'abc.def-ghi_123'],
    [`token is ${JWT}`, 'eyJzdWIiOiJhZG1pbiJ9'],
    ['dial nats://admin:hunter2@broker:4222', 'hunter2'],
    ['client-key-data: LS0tLS1CRUdJTg==', 'LS0tLS1CRUdJTg'],
    ['{"token":"s3cret-value"}', 's3cret-value'],
    ['password=hunter2', 'hunter2'],
  ])('takes the secret out of %j', (text, secret) => {
    expect(scrubbed(text)).not.toContain(secret);
  });

  it('leaves plain words alone', () => {
    const text = 'The Broker at 10.0.0.1:4222 refuses the token of namespace meshery.';
    expect(scrubbed(text)).toBe(text);
  });
});

describe('createLogger', () => {
  it('writes fields, messages and errors without secrets', () => {
    const lines: string[] = [];
    const logger = createLogger('info', (line) => lines.push(line));
    const error = new Error(`failed with ${JWT}`, { cause: new Error(PEM) });
    logger.info(
      { token: 'planted-1', nested: { clientKey: 'planted-2', note: `Bearer ${JWT}` } },
      `saw ${JWT}`,
    );
    logger.error({ err: error, connection: 'prod', bytes: new Uint8Array(3) }, 'failed');
    logger.debug('too quiet');
    const log = lines.join('');
    for (const secret of ['planted-1', 'planted-2', 'eyJzdWIi', 'MIIEpAIBAAKCAQEA'])
      expect(log).not.toContain(secret);
    expect(lines).toHaveLength(2);
    expect(JSON.parse(lines[1] ?? '')).toMatchObject({ level: 'error', connection: 'prod', msg: 'failed' });
    expect(log).toContain('[3 bytes]');
  });
});
