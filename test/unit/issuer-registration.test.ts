import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readableName, readRegistration } from '../../src/main/issuer/registration.ts';
import { createRegistrationLimit } from '../../src/main/issuer/registration-limit.ts';
import { createManualClock } from '../support/manual-clock.ts';

const HOUR_MS = 3_600_000;

describe('the name of a client', () => {
  it('holds no character that is not seen, whatever was sent', () => {
    const character = fc.constantFrom('x', '😀', 'é', ' ', '\n', '\u202e', '\u{e0041}', '\ud83d', '\u2028');
    const names = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: character, minLength: 150, maxLength: 500, size: 'max' }),
    );
    fc.assert(
      fc.property(names, (name) => {
        const readable = readableName(name);
        expect(readable).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
        expect(readable).toBe(readable.trim());
        expect(readable.isWellFormed()).toBe(true);
        expect([...readable].length).toBeLessThanOrEqual(200);
        expect(readableName(readable)).toBe(readable);
      }),
    );
  });
});

describe('a registration', () => {
  it('is read into metadata of a public client or refused by a word of RFC 7591, whatever was sent', () => {
    const field = fc.constantFrom(
      ...['redirect_uris', 'grant_types', 'response_types', 'client_name', 'client_uri', 'client_secret', 'scope'],
      ...['id_token_signed_response_alg', 'token_endpoint_auth_method', 'application_type', 'jwks_uri', '__proto__'],
    );
    const value = fc.oneof(
      fc.jsonValue(),
      fc.array(fc.constantFrom('http://127.0.0.1/', 'authorization_code', 'refresh_token', 'code', 'ES256')),
    );
    fc.assert(
      fc.property(fc.dictionary(field, value), (body) => {
        const read = readRegistration(body);
        if ('error' in read) {
          expect(read.error).toMatch(/^invalid_(?:redirect_uri|client_metadata)$/);
          expect(read.description).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/);
          return;
        }
        expect(read.metadata).toMatchObject({ token_endpoint_auth_method: 'none', application_type: 'native' });
        for (const name of ['client_secret', 'jwks_uri', 'scope']) expect(read.metadata).not.toHaveProperty(name);
      }),
    );
  });
});

describe('the limit of registrations', () => {
  it('is that of any hour, not of the hour on the clock', async () => {
    const clock = createManualClock();
    const limit = createRegistrationLimit({ most: 2, clock });
    expect(limit.take('uid 1000')).toBeNull();
    await clock.advance(HOUR_MS / 2);
    expect(limit.take('uid 1000')).toBeNull();
    await clock.advance(HOUR_MS / 4);
    expect(limit.take('uid 1000')).toBe(HOUR_MS / 4);
    await clock.advance(HOUR_MS / 4);
    expect(limit.take('uid 1000')).toBeNull();
    expect(limit.take('uid 1000')).toBe(HOUR_MS / 2);
  });

  it('is one for each who registers, and no clock that is set helps over it', () => {
    const clock = createManualClock();
    const limit = createRegistrationLimit({ most: 1, clock });
    expect(limit.take('uid 1000')).toBeNull();
    clock.jump(2 * HOUR_MS);
    expect(limit.take('uid 1000')).toBe(HOUR_MS);
    expect(limit.take('uid 1001')).toBeNull();
  });

  it('remembers a thousand, and forgets first who was silent for longest', () => {
    const limit = createRegistrationLimit({ most: 1, clock: createManualClock() });
    for (let source = 0; source <= 1_000; source += 1) expect(limit.take(`${source}`)).toBeNull();
    expect(limit.take('1000')).toBe(HOUR_MS);
    expect(limit.take('0')).toBeNull();
  });
});
