import { z } from 'zod';
import { setting } from './setting.ts';
import { hmacSecret, origin, origins } from './values.ts';

/** What the routes for Trackeep read. */
export const TrackeepSettings = z.object({
  JWT_SECRET: setting(hmacSecret, {
    meaning: 'The key of Trackeep’s session tokens (HS256), the same as in your Trackeep; at least 32 bytes.',
    secret: true,
  }),
  OAUTH_JWT_SECRET: setting(hmacSecret, {
    meaning: 'The key of the short-lived tokens that sign-ins end with (HS256); at least 32 bytes.',
    secret: true,
  }),
  FRONTEND_URL: setting(origin, {
    meaning: 'Your Trackeep, where sign-ins lead back to; it gets no GitHub token.',
  }),
  CORS_ALLOWED_ORIGINS: setting(origins, {
    meaning:
      'Web pages that may call the routes for Trackeep, as origins separated by commas; * is all, for routes that need a token.',
    default: 'no page',
  }),
});

/** What the routes for Trackeep need. */
export interface TrackeepConfig {
  /** Null: no session token is made or taken. */
  readonly jwtSecret: string | null;
  /** Null: nobody signs in. */
  readonly oauthJwtSecret: string | null;
  /** An origin. */
  readonly frontend: string | null;
  readonly corsOrigins: '*' | readonly string[];
}

export function readTrackeep(values: z.output<typeof TrackeepSettings>): TrackeepConfig {
  return {
    jwtSecret: values.JWT_SECRET ?? null,
    oauthJwtSecret: values.OAUTH_JWT_SECRET ?? null,
    frontend: values.FRONTEND_URL ?? null,
    corsOrigins: values.CORS_ALLOWED_ORIGINS ?? [],
  };
}
