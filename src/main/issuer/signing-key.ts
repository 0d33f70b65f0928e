import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import type { JWK } from 'jose';
import type { ExternalSigningKey, JWK as LibraryKey } from 'oidc-provider';
import type { Library } from './provider.ts';

const NUMBER_BYTES = 32;

/**
 * A private key as the library signs with it. By itself it has Web Crypto sign in another thread; for ES256 the way
 * there and back costs more than the signature, and a refresh has two of them. RS256 takes long enough to be left there.
 */
export function signingKey(
  { ExternalSigningKey }: Pick<Library, 'ExternalSigningKey'>,
  jwk: JWK,
): LibraryKey | ExternalSigningKey {
  if (jwk.alg !== 'ES256') return jwk as LibraryKey;
  const privateKey = createPrivateKey({ key: jwk as never, format: 'jwk' });
  const publicKey = createPublicKey(privateKey);

  class Es256Key extends ExternalSigningKey {
    override get kid() {
      return jwk.kid;
    }

    override get alg() {
      return 'ES256';
    }

    override keyObject() {
      return publicKey;
    }

    override sign(data: Uint8Array) {
      return joseSignature(sign('sha256', data, privateKey));
    }
  }
  return new Es256Key();
}

/**
 * An ES256 signature as JOSE has it: both numbers one after the other, 32 bytes each (RFC 7518 §3.4). Node would write it
 * so by itself, but then takes the key within an object of options, and to see that those are no key takes it longer than
 * to sign.
 *
 * @param der the same as SEQUENCE { r INTEGER, s INTEGER } (RFC 3279 §2.2.3); each number as short as it can be, with a
 *   zero before a first bit of one
 */
function joseSignature(der: Buffer): Buffer {
  const signature = Buffer.alloc(2 * NUMBER_BYTES);
  let at = 2;
  for (const end of [NUMBER_BYTES, 2 * NUMBER_BYTES]) {
    const from = at + 2;
    at = from + (der[at + 1] ?? 0);
    const number = der.subarray(Math.max(from, at - NUMBER_BYTES), at);
    signature.set(number, end - number.length);
  }
  return signature;
}
