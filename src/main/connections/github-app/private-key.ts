import { createPrivateKey, type KeyObject } from 'node:crypto';
import { AppError } from '../../core/errors.ts';

/** GitHub's own have 2048; RS256 allows none that is shorter (RFC 7518 §3.3). */
const LEAST_BITS = 2_048;

/**
 * The private key of a GitHub App.
 *
 * @param pem PKCS#1, as GitHub gives it out, or PKCS#8, as many tools turn it into
 * @throws AppError `bad_input` that says what it is instead; never with a part of the text
 */
export function readPrivateKey(pem: string): KeyObject {
  if (/ENCRYPTED/.test(pem)) throw noKey('It is locked with a passphrase.');
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    // Without the cause: OpenSSL's may quote what it could not read.
    throw noKey('It cannot be read.');
  }
  if (key.asymmetricKeyType !== 'rsa') throw noKey('It is of another kind: GitHub Apps have RSA keys.');
  if ((key.asymmetricKeyDetails?.modulusLength ?? 0) < LEAST_BITS)
    throw noKey('It is too short to be one of GitHub’s.');
  return key;
}

function noKey(reason: string): AppError {
  return new AppError('bad_input', `This is not the private key of a GitHub App. ${reason}`, {
    remedy: 'Make a private key in the settings of your GitHub App, and import the .pem file as GitHub gave it.',
  });
}
