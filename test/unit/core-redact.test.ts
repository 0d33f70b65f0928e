import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../src/main/core/redact.ts';

const { redact } = createRedactor();

describe('what looks like a secret is removed although nobody said so', () => {
  it.each([
    ['a GitHub OAuth token', 'token gho_16C7e42F292c6912E7710c838347Ae178B4a', 'gho_16C7'],
    ['a GitHub user token', 'ghu_16C7e42F292c6912E7710c838347Ae178B4a.', 'ghu_'],
    ['a GitHub refresh token', '{"t":"ghr_1B4a2e77838347a7E420ce178F2E7c6912E169246c"}', 'ghr_1B'],
    ['a fine-grained token', 'github_pat_11ABCDEFG0abcdefghijkl_mnopqrstuvwxyz', 'mnop'],
    ['a Slack token', 'xoxb-1234567890-abcdefghij', 'abcdefghij'],
    ['a rotating Slack token', 'xoxe.xoxp-1-Mi0yLTM0NTY3ODkw', 'Mi0y'],
    ['a bearer token', 'Authorization: Bearer abc.def-ghi_123', 'ghi_123'],
    ['basic credentials', 'authorization: basic dXNlcjpwYXNzd29yZA==', 'dXNl'],
    ['a JWT', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N', 'dozjg'],
    ['a JWE with a direct key', 'eyJhbGciOiJkaXIifQ..48V1_ALb6US04U3b.5eym8TW_c8SuK0lt.XFBoMYUZodetZdv', 'XFBo'],
    ['a client secret in a form', 'client_id=Iv1.abc&client_secret=s3cr3t-value&grant_type=x', 's3cr3t'],
    ['an authorization code', 'GET /oauth/callback/github?code=4fd0a8e1c2&state=af0ifjsldkj', '4fd0'],
    ['a state', 'GET /oauth/callback/github?code=4fd0a8e1c2&state=af0ifjsldkj', 'af0i'],
    ['a one-time login', 'http://127.0.0.1:9090/ui/#login=Zm9vYmFyYmF6', 'Zm9v'],
    ['a refresh token in JSON', '{"refresh_token":"anything at all"}', 'anything'],
    ['a token in JSON inside JSON', String.raw`{"body":"{\"access_token\":\"opaque-value\"}"}`, 'opaque'],
    ['a camel-case field', '{ accessToken: "opaque-value" }', 'opaque'],
    ['a device code', 'device_code=3584d83530557fdd1f46af8289938c8ef79f9dc5', '3584'],
    ['a code verifier', 'code_verifier: dBjftJeZ4CVP-mB92K27uhbUJU1p1r', 'dBjf'],
    ['a password in an address', 'https://octocat:hunter22@github.com/x.git', 'hunter22'],
    ['a private key', '-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----', 'MIIE'],
    ['a private key that was cut off', '-----BEGIN PRIVATE KEY-----\nMIIEow', 'MIIE'],
  ])('%s', (_name, text, secret) => {
    expect(text).toContain(secret);
    expect(redact(text)).not.toContain(secret);
    expect(redact(text)).toContain('[redacted]');
  });
});

describe('what is no secret stays readable', () => {
  it.each([
    '{"code":"rate_limited","message":"GitHub asks for a pause."}',
    'connect ECONNREFUSED 127.0.0.1:443 (code ECONNREFUSED)',
    'GET https://api.github.com/repos/trackeep/trackeep/releases?per_page=30 304',
    'sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    'The token of octocat was refreshed; it expires at 2026-11-21T14:00:00.000Z.',
    '/home/ghost/.local/share/trackeep-tray/trackeep.db',
    'state ok, 2 tokens, basic checks done',
  ])('%s', (text) => {
    expect(redact(text)).toBe(text);
  });

  it('such as what stands around a secret', () => {
    expect(redact('a=1&client_secret=s3cr3t-value&b=2')).toBe('a=1&client_secret=[redacted]&b=2');
  });
});

describe('a secret that was learned', () => {
  const secret = 'correct horse/battery"staple';
  const redactor = createRedactor();
  redactor.learn(secret);

  it.each([
    ['as it is', secret],
    ['in an address', encodeURIComponent(secret)],
    ['in JSON', JSON.stringify({ secret })],
    ['in Base64', Buffer.from(secret).toString('base64')],
    ['twice', `${secret} ${secret}`],
  ])('is removed %s', (_name, text) => {
    const clean = redactor.redact(`before ${text} after`);

    expect(clean).toMatch(/^before .*\[redacted\].* after$/);
    expect(clean).not.toMatch(/horse|Y29ycmVj/);
  });

  it('is ignored when it is so short that ordinary words would vanish', () => {
    const careless = createRedactor();
    careless.learn('open');
    expect(careless.redact('the vault is open')).toBe('the vault is open');
  });

  it('does not make the redactor grow without end', () => {
    const busy = createRedactor();
    for (let number = 0; number < 10_000; number++) busy.learn(`secret-number-${number}`);
    expect(busy.redact('secret-number-9999 secret-number-0')).toBe('[redacted] secret-number-0');
  });
});
