import { AppError } from '../core/errors.ts';
import type { Place } from './vault.ts';

/** Told in every record, so that a later form can be told apart from this one. */
const FORM = 1;

/** A master key in use. The imported key cannot be exported again, and is imported once for thousands of records. */
export interface SealingKey {
  readonly id: string;
  readonly key: CryptoKey;
}

/** @param bytes 32 bytes */
export async function importKey(id: string, bytes: Uint8Array): Promise<SealingKey> {
  const key = await crypto.subtle.importKey('raw', new Uint8Array(bytes), 'AES-GCM', false, ['encrypt', 'decrypt']);
  return { id, key };
}

/**
 * Seals a text for one place: a compact JWE (RFC 7516 §3.1) with `dir` and `A256GCM` (RFC 7518 §4.5, §5.3). The place
 * and the key's id stand in the protected header, which the tag covers as additional data, so neither can be changed.
 */
export async function seal({ id, key }: SealingKey, place: Place, plaintext: string): Promise<string> {
  const { CompactEncrypt } = await import('jose');
  return new CompactEncrypt(Buffer.from(plaintext, 'utf8'))
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: id, form: FORM, place: coordinates(place) })
    .encrypt(key);
}

/** @throws AppError `vault_refused` for a record that was altered, moved, or sealed under another key */
export async function open({ id, key }: SealingKey, place: Place, sealed: string): Promise<string> {
  const { compactDecrypt } = await import('jose');
  const { plaintext, protectedHeader } = await compactDecrypt(sealed, key, {
    keyManagementAlgorithms: ['dir'],
    contentEncryptionAlgorithms: ['A256GCM'],
  }).catch((cause: unknown) => {
    throw refused(place, cause);
  });
  const { kid, form, place: sealedFor } = protectedHeader;
  if (kid !== id || form !== FORM || !isSamePlace(sealedFor, coordinates(place))) throw refused(place);
  return Buffer.from(plaintext).toString('utf8');
}

/** The id of the key a record was sealed under, as it claims itself; null when it is no such record at all. */
export async function keyIdOf(sealed: string): Promise<string | null> {
  const { decodeProtectedHeader } = await import('jose');
  try {
    return decodeProtectedHeader(sealed).kid ?? null;
  } catch {
    return null;
  }
}

export function refused(place: Place, cause?: unknown): AppError {
  return new AppError('vault_refused', `A sealed record in ${place.table}.${place.column} does not open.`, { cause });
}

function coordinates({ table, row, column }: Place): string[] {
  return [table, row, column];
}

function isSamePlace(claimed: unknown, asked: string[]): boolean {
  return Array.isArray(claimed) && claimed.length === asked.length && asked.every((part, i) => claimed[i] === part);
}
