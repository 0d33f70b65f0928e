import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import type { JWK } from 'jose';
import type { ExternalSigningKey, JWK as LibraryKey } from 'oidc-provider';
import type { Library } from './provider.ts';

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
      // RFC 7518 §3.4: both numbers one after the other, and not DER.
      return sign('sha256', data, { key: privateKey, dsaEncoding: 'ieee-p1363' });
    }
  }
  return new Es256Key();
}
