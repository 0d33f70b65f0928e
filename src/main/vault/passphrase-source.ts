import { type BinaryLike, randomBytes, type ScryptOptions, scrypt } from 'node:crypto';
import { z } from 'zod';
import { AppError } from '../core/errors.ts';
import { importKey, open, seal } from './envelope.ts';
import type { KeySource } from './key-source.ts';
import type { Place } from './vault.ts';

/** RFC 7914 §2; OWASP's recommendation for scrypt. Needs 128 MiB and about 0.4 s. */
const COST = { N: 2 ** 17, r: 8, p: 1 };
const SALT_BYTES = 16;
const KEY_BYTES = 32;
const LEAST_LENGTH = 8;

/** What stands in `vault_keys.wrapping`. The bounds keep an altered row from asking for all the memory there is. */
const Wrapping = z.strictObject({
  kdf: z.literal('scrypt'),
  N: z
    .int()
    .min(2 ** 14)
    .max(2 ** 20),
  r: z.int().min(1).max(16),
  p: z.int().min(1).max(4),
  salt: z.base64url(),
  /** The master key as a compact JWE under the derived key. */
  key: z.string(),
});
type Wrapping = z.infer<typeof Wrapping>;

/**
 * Master keys wrapped under a key derived from a passphrase, kept in the database itself: for machines without a
 * Secret Service. The passphrase is forgotten as soon as one wrapping opened with it; for wrapping a rotated key the
 * derived key is kept, which can do no more than the master key beside it.
 */
export function passphraseSource(initial: string | null): KeySource {
  let offered = initial === '' ? null : initial;
  let derived: Derived | null = null;
  let refusal: AppError | null = null;

  async function deriveFor(parameters: Parameters): Promise<Derived> {
    if (derived !== null && sameParameters(derived.parameters, parameters)) return derived;
    if (offered === null) throw refusal ?? waiting();
    return { parameters, key: await stretch(offered, parameters) };
  }

  return {
    name: 'passphrase',
    backend: 'passphrase (scrypt)',
    offer(passphrase) {
      offered = passphrase === '' ? null : passphrase;
      derived = null;
    },
    async keep(id, key) {
      if (derived === null && offered !== null && offered.length < LEAST_LENGTH) {
        throw new AppError('bad_input', `The passphrase is shorter than ${LEAST_LENGTH} characters.`, {
          remedy: 'Choose a longer one: it is all that protects a copy of the data folder.',
          action: 'unlock_vault',
        });
      }
      derived = await deriveFor(
        derived?.parameters ?? { ...COST, salt: randomBytes(SALT_BYTES).toString('base64url') },
      );
      offered = null;
      const wrapped = await seal(await importKey(id, derived.key), placeOf(id), Buffer.from(key).toString('base64url'));
      return JSON.stringify({ kdf: 'scrypt', ...derived.parameters, key: wrapped } satisfies Wrapping);
    },
    async fetch(id, text) {
      const wrapping = text === null ? null : parse(text);
      if (wrapping === null) return null;
      const { N, r, p, salt } = wrapping;
      const attempt = await deriveFor({ N, r, p, salt });
      try {
        const key = await open(await importKey(id, attempt.key), placeOf(id), wrapping.key);
        derived = attempt;
        offered = null;
        return Buffer.from(key, 'base64url');
      } catch (error) {
        offered = null;
        refusal = new AppError('vault_passphrase_wrong', 'This is not the passphrase of this data folder.', {
          cause: error,
        });
        throw refusal;
      }
    },
    // The wrapped key goes with its row.
    remove: async () => {},
  };
}

interface Parameters {
  N: number;
  r: number;
  p: number;
  salt: string;
}

interface Derived {
  parameters: Parameters;
  key: Uint8Array;
}

function waiting(): AppError {
  return new AppError('vault_locked', 'The vault waits for its passphrase.', {
    remedy: 'Enter the passphrase, or set TRACKEEP_VAULT_PASSPHRASE and start again.',
  });
}

function placeOf(id: string): Place {
  return { table: 'vault_keys', row: id, column: 'wrapping' };
}

function sameParameters(one: Parameters, other: Parameters): boolean {
  return one.salt === other.salt && one.N === other.N && one.r === other.r && one.p === other.p;
}

function parse(text: string): Wrapping | null {
  try {
    return Wrapping.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** Runs on a thread of the pool, so the app goes on answering meanwhile. */
function stretch(passphrase: string, { N, r, p, salt }: Parameters): Promise<Uint8Array> {
  // scrypt needs 128·N·r bytes (RFC 7914 §5) and a little; Node refuses more than 32 MiB unless told.
  const options: ScryptOptions = { N, r, p, maxmem: 128 * N * r + 128 * r * p + 2 ** 20 };
  // NFC, since the same letters arrive composed from one keyboard and decomposed from another.
  const input: BinaryLike = passphrase.normalize('NFC');
  return new Promise((resolve, reject) => {
    scrypt(input, Buffer.from(salt, 'base64url'), KEY_BYTES, options, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}
