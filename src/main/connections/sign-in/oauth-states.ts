import { createHash, randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Clock } from '../../core/clock.ts';
import type { Schema } from '../../storage/schema.ts';
import type { Vault } from '../../vault/vault.ts';

/** The `state` and the PKCE verifier of a sign-in through the browser, until the browser comes back. */
export interface OAuthStates {
  /** Makes both, 256 random bits each, and keeps them. @throws AppError a vault code */
  issue(entry: {
    platform: string;
    flowId: string;
    lifetimeMs: number;
  }): Promise<{ state: string; codeChallenge: string }>;
  /**
   * Takes a state out: it works once, before its time is over, and only for its own provider.
   * @returns null if it is none of ours, or not any more
   * @throws AppError a vault code
   */
  redeem(platform: string, state: string): Promise<{ flowId: string; codeVerifier: string } | null>;
  /** Withdraws those of a flow that ended otherwise. */
  withdraw(flowId: string): Promise<void>;
}

export function createOAuthStates({
  db,
  vault,
  clock,
}: {
  db: Kysely<Schema>;
  vault: Vault;
  clock: Clock;
}): OAuthStates {
  const place = (hash: string) => ({ table: 'oauth_states', row: hash, column: 'sealed_code_verifier' });

  return {
    async issue({ platform, flowId, lifetimeMs }) {
      const state = randomBytes(32).toString('base64url');
      const codeVerifier = randomBytes(32).toString('base64url');
      const hash = sha256(state).toString('hex');
      const sealed = await vault.seal(place(hash), codeVerifier);
      const now = clock.now();
      await db.deleteFrom('oauth_states').where('expires_at', '<=', now).execute();
      await db
        .insertInto('oauth_states')
        .values({
          state_hash: hash,
          platform,
          flow_id: flowId,
          sealed_code_verifier: sealed,
          created_at: now,
          expires_at: now + lifetimeMs,
        })
        .execute();
      return { state, codeChallenge: sha256(codeVerifier).toString('base64url') };
    },

    async redeem(platform, state) {
      const hash = sha256(state).toString('hex');
      // Read and deleted in one statement: of two callbacks with one state, only one finds it.
      const row = await db
        .deleteFrom('oauth_states')
        .where('state_hash', '=', hash)
        .where('platform', '=', platform)
        .returningAll()
        .executeTakeFirst();
      if (!row || row.expires_at <= clock.now()) return null;
      return { flowId: row.flow_id, codeVerifier: await vault.open(place(hash), row.sealed_code_verifier) };
    },

    async withdraw(flowId) {
      await db.deleteFrom('oauth_states').where('flow_id', '=', flowId).execute();
    },
  };
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
