import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { ApiError } from '../../api/errors.ts';
import type { KeyReport, Vault } from '../../services/ports.ts';

const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
/** 96 bits, the size NIST SP 800-38D recommends for GCM; fresh and random for every seal. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const READABLE_BY_OTHERS = 0o077;
const KEY_TEXT = /^[A-Za-z0-9+/]{43}=$/;

const Sealed = z
  .string()
  .regex(/^v1\.[0-9a-f]{16}\.[\w-]+$/)
  .transform((text) => {
    const [, keyId = '', body = ''] = text.split('.');
    return { keyId, body: Buffer.from(body, 'base64url') };
  });

/** Where the key comes from: `MESHPLAY_KEY` when it is set, else a file made when it is first needed. */
export interface VaultOptions {
  readonly keyFromEnvironment: string | undefined;
  readonly keyFile: string;
}

/**
 * Seals credentials with AES-256-GCM as `v1.<key id>.<nonce, tag, text>`. The key is read on each call, so a key
 * put back works at once. Throws `ApiError('not-available')` when the key is missing, unreadable, malformed, readable
 * by others, or not the one a text was sealed with; nothing is lost by any of these.
 */
export function createVault(options: VaultOptions): Vault {
  return {
    async seal(plain) {
      const key = environmentKey(options) ?? readKeyFile(options.keyFile) ?? makeKeyFile(options.keyFile);
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
      const text = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      const body = Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64url');
      return `v1.${keyId(key)}.${body}`;
    },

    async open(sealed) {
      const key = environmentKey(options) ?? readKeyFile(options.keyFile);
      if (key === undefined) {
        throw unavailable(
          `The key file ${options.keyFile} is missing, so saved credentials cannot be opened.`,
        );
      }
      const parts = Sealed.safeParse(sealed);
      if (!parts.success)
        throw unavailable('A saved credential is damaged and cannot be opened.', parts.error);
      if (parts.data.keyId !== keyId(key)) {
        throw unavailable(
          `A saved credential was sealed with another key (${parts.data.keyId}) than the one in use (${keyId(key)}).`,
        );
      }
      return decipher(key, parts.data.body);
    },
  };
}

/** How it stands with the key, without making one and without telling anything of it. Never throws. */
export function reportKey(options: VaultOptions): KeyReport {
  const source = options.keyFromEnvironment === undefined ? 'file' : 'environment';
  const file = source === 'file' ? { path: options.keyFile, ...modeOf(options.keyFile) } : {};
  try {
    const key = environmentKey(options) ?? readKeyFile(options.keyFile);
    return { source, ...file, isPresent: key !== undefined };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { source, ...file, isPresent: true, problem: { message: error.message, remedy: error.remedy } };
  }
}

function modeOf(file: string): { mode?: string } {
  try {
    return { mode: (statSync(file).mode & 0o777).toString(8) };
  } catch {
    // Absent, or not to be looked at: reading it says so.
    return {};
  }
}

function decipher(key: Buffer, body: Buffer): string {
  try {
    const nonce = body.subarray(0, NONCE_BYTES);
    const opened = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
    opened.setAuthTag(body.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    const text = body.subarray(NONCE_BYTES + TAG_BYTES);
    return Buffer.concat([opened.update(text), opened.final()]).toString('utf8');
  } catch (cause) {
    throw unavailable('A saved credential is damaged and cannot be opened.', cause);
  }
}

/** Tells keys apart without telling anything of them. */
function keyId(key: Buffer): string {
  return createHash('sha256').update('meshplay-troubleshooter key id').update(key).digest('hex').slice(0, 16);
}

function environmentKey(options: VaultOptions): Buffer | undefined {
  if (options.keyFromEnvironment === undefined) return undefined;
  return keyFrom(options.keyFromEnvironment, 'MESHPLAY_KEY');
}

function keyFrom(text: string, where: string, detail?: { remedy: string }): Buffer {
  const trimmed = text.trim();
  const key = Buffer.from(trimmed, 'base64');
  if (!KEY_TEXT.test(trimmed) || key.length !== KEY_BYTES) {
    throw unavailable(`${where} does not hold a key: 32 bytes in base64 are expected.`, undefined, detail);
  }
  return key;
}

function readKeyFile(file: string): Buffer | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch (cause) {
    if (isCode(cause, 'ENOENT')) return undefined;
    throw unavailable(`The key file ${file} cannot be read.`, cause);
  }
  try {
    // Looked at through the descriptor, so that what is checked is what is read.
    const mode = fstatSync(descriptor).mode;
    if (process.platform !== 'win32' && (mode & READABLE_BY_OTHERS) !== 0) {
      throw unavailable(
        `The key file ${file} can be read by others (mode ${(mode & 0o777).toString(8)}).`,
        undefined,
        {
          remedy: `Run: chmod 600 ${file}`,
        },
      );
    }
    return keyFrom(textOf(descriptor, file), `The key file ${file}`, {
      remedy: `Put the right key back, or move ${file} away and add the kubeconfigs again: a new key is made then.`,
    });
  } finally {
    closeSync(descriptor);
  }
}

/** A folder can be opened, and is found to be one only when it is read. */
function textOf(descriptor: number, file: string): string {
  try {
    return readFileSync(descriptor, 'utf8');
  } catch (cause) {
    throw unavailable(`The key file ${file} cannot be read.`, cause);
  }
}

function makeKeyFile(file: string): Buffer {
  const key = randomBytes(KEY_BYTES);
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const descriptor = openSync(file, 'wx', 0o600);
    try {
      writeSync(descriptor, `${key.toString('base64')}\n`);
      fsyncSync(descriptor);
    } catch (error) {
      // Half a key, of a disk that is full, would be taken for a damaged one for ever after.
      unlinkSync(file);
      throw error;
    } finally {
      closeSync(descriptor);
    }
    return key;
  } catch (cause) {
    // Another process of ours was quicker; its key is the key.
    const made = isCode(cause, 'EEXIST') ? readKeyFile(file) : undefined;
    if (made !== undefined) return made;
    throw unavailable(`The key file ${file} cannot be made.`, cause);
  }
}

function unavailable(message: string, cause?: unknown, detail: { remedy?: string } = {}): ApiError {
  const remedy =
    detail.remedy ?? 'Put the right key back (the key file, or MESHPLAY_KEY), or add the kubeconfig again.';
  return new ApiError('not-available', message, { remedy, cause });
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
