import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/main/core/config.ts';

const SECRET = '5b1f0e9a7c3d2468ace013579bdf2468';

describe('the settings for Trackeep', () => {
  it('are off unless told, and HQ is the real one', () => {
    expect(readConfig({ env: {} })).toMatchObject({
      hq: { url: 'https://hq.trackeep.org', apiUrl: 'https://hq.trackeep.org' },
      trackeep: { jwtSecret: null, oauthJwtSecret: null, frontend: null, corsOrigins: [] },
    });
  });

  it('are read', () => {
    const env = {
      JWT_SECRET: SECRET,
      OAUTH_JWT_SECRET: `${SECRET}x`,
      FRONTEND_URL: 'http://LOCALHOST:5173/',
      CORS_ALLOWED_ORIGINS: 'http://localhost:5173, https://keep.example.com',
      HQ_URL: 'http://127.0.0.1:4001/',
    };
    expect(readConfig({ env })).toMatchObject({
      hq: { url: 'http://127.0.0.1:4001', apiUrl: 'http://127.0.0.1:4001' },
      trackeep: {
        jwtSecret: SECRET,
        oauthJwtSecret: `${SECRET}x`,
        frontend: 'http://localhost:5173',
        corsOrigins: ['http://localhost:5173', 'https://keep.example.com'],
      },
    });
    expect(readConfig({ env: { CORS_ALLOWED_ORIGINS: '*' } }).trackeep.corsOrigins).toBe('*');
  });

  it.each(['JWT_SECRET', 'OAUTH_JWT_SECRET'])('refuse a %s of less than 32 bytes, and say why', (name) => {
    const short = SECRET.slice(1);
    const read = () => readConfig({ env: { [name]: short } });
    expect(read).toThrow(`${name} is shorter than 32 bytes`);
    expect(read).toThrow(expect.objectContaining({ message: expect.not.stringContaining(short) }));
    // Counted in bytes, as the hash does.
    expect(readConfig({ env: { [name]: 'äöüßéèêñ0123456789abcdef' } })).toBeDefined();
  });

  it.each([
    'your-super-secret-jwt-key-change-in-production',
    'change-me-change-me-change-me-0123456789',
    'a'.repeat(64),
  ])('refuse %s, which is an example', (secret) => {
    expect(() => readConfig({ env: { JWT_SECRET: secret } })).toThrow('JWT_SECRET is no random value but an example');
  });

  it.each([
    ['FRONTEND_URL', 'http://keep.example.com'],
    ['FRONTEND_URL', 'https://keep.example.com/path'],
    ['CORS_ALLOWED_ORIGINS', '*, https://keep.example.com'],
    ['CORS_ALLOWED_ORIGINS', 'https://*.example.com'],
    ['CORS_ALLOWED_ORIGINS', 'null'],
    ['HQ_URL', 'http://hq.example.com'],
  ])('refuse %s=%s', (name, value) => {
    expect(() => readConfig({ env: { [name]: value } })).toThrow(expect.objectContaining({ code: 'config_invalid' }));
  });
});
