import { verify } from 'node:crypto';
import { exportJWK, generateKeyPair } from 'jose';
import * as library from 'oidc-provider';
import { expect, it } from 'vitest';
import { signingKey } from '../../src/main/issuer/signing-key.ts';

/** One number in 128 is shorter than the others: among so many there are some. */
const SIGNATURES = 2_000;

it('signs with numbers of 32 bytes each, however short they are', async () => {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const key = signingKey(library, { ...(await exportJWK(privateKey)), alg: 'ES256', kid: 'es' });
  if (!(key instanceof library.ExternalSigningKey)) throw new Error('This key is left to the library.');
  const jwk = (await exportJWK(publicKey)) as never;
  for (let index = 0; index < SIGNATURES; index += 1) {
    const data = Buffer.from(`message ${index}`);
    const signature = await key.sign(data);
    expect(signature).toHaveLength(64);
    expect(verify('sha256', data, { key: jwk, format: 'jwk', dsaEncoding: 'ieee-p1363' }, signature)).toBe(true);
  }
});
