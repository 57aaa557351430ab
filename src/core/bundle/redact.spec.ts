import { array, assert, constantFrom, oneof, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRedactor } from './redact.ts';

const JWT = 'eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.eyJzdWIiOiJzeXN0ZW06YWRtaW4ifQ.c2lnbmF0dXJlLW9mLXRoaXM';
const PEM =
  '-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA0Z3VS5JJcds3xfn\nabcDEF123/+=\n-----END RSA PRIVATE KEY-----';
const HEX = 'd41d8cd98f00b204e9800998ecf8427ed41d8cd98f00b204e9800998ecf8427e';
const BASE64 = 'dGhpcyBpcyBhIHZlcnkgbG9uZyBzZWNyZXQgdmFsdWUgaW5kZWVkMQ==';
const SEED = `SU${'B2C3D4E5'.repeat(7)}`;

/** Secrets by their shape, as they stand in a text, and the part that must not be left. */
const PLANTED: readonly (readonly [string, string])[] = [
  [`Authorization: Bearer ${JWT}`, JWT],
  [`token=${JWT}`, 'c2lnbmF0dXJl'],
  ['authorization: Bearer abcdef0123456789', 'abcdef0123456789'],
  [PEM, 'MIIEowIBAAKCAQEA0Z3VS5JJcds3xfn'],
  [PEM.replaceAll('\n', '\\n'), 'MIIEowIBAAKCAQEA0Z3VS5JJcds3xfn'],
  [PEM.slice(40), 'abcDEF123'],
  [`nats token is ${HEX}`, HEX],
  [`value ${BASE64}`, 'dGhpcyBpcyBhIHZlcnkg'],
  [`seed ${SEED}`, SEED],
  ['nats://admin:hunter2@broker:4222', 'hunter2'],
  ['nats://s3cr3ttoken@broker:4222', 's3cr3ttoken'],
  ['https://user:pa%40ss@proxy.example:3128/path', 'pa%40ss'],
  ['password: correcthorse', 'correcthorse'],
  ['{"password":"correct horse"}', 'correct'],
  ['client-key-data: TFMwdExTMUNSVWRKVGc9PQ', 'TFMwdExTMUNSVWRKVGc9PQ'],
  ['--token=abcd1234', 'abcd1234'],
  ['{"token":"plainword"}', 'plainword'],
  ['write to jane.doe+ops@corp.example.com please', 'jane.doe+ops@corp.example.com'],
  ['ghp_abcdefghijklmnopqrstuvwxyz0123456789', 'ghp_abcdefghijklmnopqrstuvwxyz'],
  [
    'apiVersion: v1\nkind: Secret\nmetadata:\n  name: x\ndata:\n  user: YWRtaW4=\n  pin: MTIzNA==\ntype: Opaque\n',
    'YWRtaW4=',
  ],
  ['{"kind":"Secret","data":{"user":"YWRtaW4=","pin":"MTIzNA=="}}', 'MTIzNA=='],
];

/** What must stay readable. */
const HARMLESS = [
  'Operator is DEPLOYED, MeshSync is CONNECTED, Broker is CONNECTED.',
  'The Broker refuses the token: authorization violation',
  'khulnasoft/meshplay-operator@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  '6f1c2a90-1b2c-4d5e-8f90-a1b2c3d4e5f6',
  'pods "meshplay-operator-controller-manager-7c9d8f6b5d-x2x9z" is forbidden',
  '/apis/apps/v1/namespaces/meshplay/deployments/MeshplayOperatorControllerManager2',
  'https://prod-eu-1.example:6443 answered in 38 ms at 2026-11-29T13:25:12.000Z',
  'nats://meshplay-broker.meshplay.svc.cluster.local:4222',
  'the token is unreadable',
  'Basic authentication failed',
];

describe('the redactor', () => {
  it.each(PLANTED)('removes the secret in %j', (text, secret) => {
    const redactor = createRedactor();
    const clean = redactor.text(text, 'log');
    expect(clean).not.toContain(secret);
    expect(clean).toContain('[removed-');
    expect(redactor.ledger().length).toBeGreaterThan(0);
  });

  it.each(HARMLESS)('leaves %j alone', (text) => {
    const redactor = createRedactor();
    expect(redactor.text(text, 'log')).toBe(text);
    expect(redactor.ledger()).toEqual([]);
  });

  it('gives equal secrets equal placeholders in every part, and counts them by part', () => {
    const redactor = createRedactor(['open sesame']);
    const one = redactor.value({ message: `used ${HEX}`, list: ['open sesame now'] }, 'evidence');
    const two = redactor.text(`again ${HEX} and open sesame`, 'logs');
    expect(one).toEqual({ message: 'used [removed-long-value-1]', list: ['[removed-known-secret-1] now'] });
    expect(two).toBe('again [removed-long-value-1] and [removed-known-secret-1]');
    expect(redactor.ledger()).toEqual([
      { part: 'evidence', kind: 'known-secret', count: 1 },
      { part: 'evidence', kind: 'long-value', count: 1 },
      { part: 'logs', kind: 'known-secret', count: 1 },
      { part: 'logs', kind: 'long-value', count: 1 },
    ]);
  });

  it('removes the values of a Secret and of secret fields whatever they look like, and keeps the shape', () => {
    const redactor = createRedactor();
    const clean = redactor.value(
      {
        kind: 'Secret',
        metadata: { name: 'x' },
        data: { a: 'yes' },
        stringData: { b: 'no', c: '' },
        token: 'used',
        password: 'abc',
      },
      'object',
    );
    expect(clean).toEqual({
      kind: 'Secret',
      metadata: { name: 'x' },
      data: { a: '[removed-secret-data-1]' },
      stringData: { b: '[removed-secret-data-2]', c: '' },
      token: 'used',
      password: '[removed-password-1]',
    });
  });

  const piece = oneof(
    constantFrom(...PLANTED.map(([text]) => text), ...HARMLESS),
    string({ unit: constantFrom(...'abXY09 :=/@."\'[]-_+\n{}'.split('')), maxLength: 30 }),
    constantFrom(
      'token=',
      'Bearer ',
      '://',
      '@',
      '[removed-token-1]',
      '-----END X-----',
      '"kind":"Secret","data":{',
    ),
  );

  it('changes nothing the second time, whatever stands beside what', () => {
    assert(
      property(array(piece, { maxLength: 8 }), constantFrom('', ' ', '\n', '"'), (pieces, between) => {
        const clean = createRedactor().text(pieces.join(between), 'log');
        expect(createRedactor().text(clean, 'log')).toBe(clean);
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  it('finds every planted secret in any prose', () => {
    assert(
      property(
        array(constantFrom(...PLANTED), { minLength: 1, maxLength: 6 }),
        constantFrom('\n', '\n\n', '\nand then\n'),
        (planted, between) => {
          const clean = createRedactor().text(planted.map(([text]) => text).join(between), 'log');
          for (const [, secret] of planted) expect(clean).not.toContain(secret);
        },
      ),
      { numRuns: 100, seed: 1 },
    );
  });

  it('is not slowed down by long texts without end', () => {
    const redactor = createRedactor();
    for (const unit of ['abcd ', 'a@', 'token', 'AAAA\n', '-----BEGIN ', 'x.']) {
      expect(typeof redactor.text(unit.repeat(20_000), 'log')).toBe('string');
    }
  });
});
