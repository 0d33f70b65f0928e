import { randomUUID } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { SECOND_MS } from '../../../shared/durations.ts';
import type { Clock } from '../../core/clock.ts';
import type { TrackeepConfig } from '../../core/config.ts';

/** From our redirect to the instance's call. */
const SIGN_IN_MS = 5 * 60_000;
const SESSION_MS = 7 * 24 * 60 * 60_000;

/** Tells the two kinds apart where both have one secret: a session must not be turned into the next session for ever. */
const SIGN_IN_TYPE = 'oauth+jwt';
const SESSION_TYPE = 'JWT';

/** The person, as Trackeep knows them. */
export const TrackeepUser = z.object({
  id: z.number(),
  github_id: z.number(),
  username: z.string(),
  email: z.string().catch(''),
  name: z.string().catch(''),
  avatar_url: z.string().catch(''),
});
export type TrackeepUser = z.infer<typeof TrackeepUser>;

const SignInClaims = TrackeepUser.omit({ id: true }).extend({
  aud: z.string(),
  jti: z.string(),
  exp: z.number(),
  access_token: z.string().min(1),
});

/** A session of the instance's own making holds less: it is Trackeep's business what it needs. */
const SessionClaims = z.object({
  access_token: z.string().min(1),
  /** Trackeep's own way to say when the token in it ends, s since the epoch. */
  expires_at: z.number().optional().catch(undefined),
});

/** What a sign-in says: who, for which instance, and what stands for their GitHub token. */
export interface SignedIn {
  user: TrackeepUser;
  /** The instance's origin. */
  instance: string;
  /** GitHub's own, or a reference to it. */
  accessToken: string;
}

/** The two tokens of Trackeep, signed with HS256 (RFC 7515, RFC 7519). */
export interface SessionTokens {
  /** Whether the secrets are there that sign-ins need. */
  readonly signsIn: boolean;
  /** The token that the browser carries back; five minutes, and once. */
  issueSignIn(signedIn: SignedIn): Promise<string>;
  /** Takes such a token in. @returns null for one that is none of ours, over, or used already */
  redeemSignIn(token: string): Promise<SignedIn | null>;
  /** A session of seven days. */
  issueSession(signedIn: SignedIn): Promise<string>;
  /** @returns what stands for the person's GitHub token; null for a token that is no session, or over */
  accessTokenOf(session: string): Promise<string | null>;
  /** @returns null as above, and for a session that does not say who it is for */
  userOf(session: string): Promise<TrackeepUser | null>;
}

/** @param parts.issuer our address */
export function createSessionTokens(parts: {
  config: Pick<TrackeepConfig, 'jwtSecret' | 'oauthJwtSecret'>;
  clock: Clock;
  issuer: () => string;
}): SessionTokens {
  const { config, clock, issuer } = parts;
  const sessionKey = keyOf(config.jwtSecret);
  const signInKey = keyOf(config.oauthJwtSecret);
  /** The ids of redeemed tokens with their ends, s: they are refused anyway once those are past. */
  const redeemed = new Map<string, number>();

  const sign = (claims: object, { key, typ, lifeMs }: { key: Uint8Array | null; typ: string; lifeMs: number }) => {
    if (key === null) throw new Error('The secret for this token is not set.');
    const now = Math.floor(clock.now() / SECOND_MS);
    return new SignJWT({ ...claims })
      .setProtectedHeader({ alg: 'HS256', typ })
      .setIssuer(issuer())
      .setIssuedAt(now)
      .setExpirationTime(now + lifeMs / SECOND_MS)
      .sign(key);
  };

  const verify = async (
    token: string,
    { key, ...more }: { key: Uint8Array | null; typ?: string; issuer?: string },
  ): Promise<Record<string, unknown> | null> => {
    if (key === null) return null;
    const options = { algorithms: ['HS256'], requiredClaims: ['exp'], currentDate: new Date(clock.now()), ...more };
    return jwtVerify(token, key, options).then(
      ({ payload }) => payload,
      () => null,
    );
  };

  const claimsOf = ({ user, accessToken }: SignedIn) => {
    const { id, ...claims } = user;
    return { sub: String(id), ...claims, access_token: accessToken };
  };

  return {
    signsIn: signInKey !== null,
    issueSignIn: (signedIn) =>
      sign(
        { ...claimsOf(signedIn), aud: signedIn.instance, jti: randomUUID() },
        { key: signInKey, typ: SIGN_IN_TYPE, lifeMs: SIGN_IN_MS },
      ),

    async redeemSignIn(token) {
      const payload = await verify(token, { key: signInKey, typ: SIGN_IN_TYPE, issuer: issuer() });
      const claims = SignInClaims.safeParse(payload);
      if (!claims.success) return null;
      const now = clock.now() / SECOND_MS;
      for (const [id, end] of redeemed) if (end <= now) redeemed.delete(id);
      const { aud, jti, exp, access_token: accessToken, ...user } = claims.data;
      if (redeemed.has(jti)) return null;
      redeemed.set(jti, exp);
      return { user: { id: user.github_id, ...user }, instance: aud, accessToken };
    },

    issueSession: (signedIn) => sign(claimsOf(signedIn), { key: sessionKey, typ: SESSION_TYPE, lifeMs: SESSION_MS }),

    async accessTokenOf(session) {
      const claims = SessionClaims.safeParse(await verify(session, { key: sessionKey }));
      if (!claims.success) return null;
      const { access_token: accessToken, expires_at: end } = claims.data;
      return end !== undefined && end * SECOND_MS <= clock.now() ? null : accessToken;
    },

    async userOf(session) {
      const payload = await verify(session, { key: sessionKey });
      const user = TrackeepUser.safeParse({ ...payload, id: payload?.github_id });
      return user.success ? user.data : null;
    },
  };
}

function keyOf(secret: string | null): Uint8Array | null {
  return secret === null ? null : new TextEncoder().encode(secret);
}
