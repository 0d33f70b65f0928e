import { createHmac, createSecretKey } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { RefreshReads } from './refresh-reads.ts';

/**
 * What the storage must know of the refresh under way and the library does not tell it: which token is being used up by
 * the one that is stored, and that a used one is answered with its own successor. Bound to the request, through the
 * library's own asynchronous context.
 */
export interface RefreshContext {
  /** Before the library sees the request. @param reads null where there was nothing to read */
  begin(request: IncomingMessage, reads: RefreshReads | null): void;
  /** What was read for the refresh under way. */
  reads(): RefreshReads | null;
  /** The refresh token that is being rotated in this request. */
  rotating(): string | null;
  /**
   * The one successor that a refresh token can have. It is made from the token under a key of the vault, and so need not
   * be kept to be given a second time within the grace: what is in the database gives none of them away.
   */
  successorOf(token: string): string;
  /** This request is answered with a successor that was made before; it must not be rotated again. */
  answerWith(successor: string): void;
  /** What `answerWith` was given in the request of `context`. */
  answeredWith(context: object): string | null;
}

/**
 * @param current the library's context of the request under way
 * @param successorKey from `IssuerSecrets`
 */
export function createRefreshContext(
  current: () => KoaContextWithOIDC | undefined,
  successorKey: string,
): RefreshContext {
  const successors = new WeakMap<object, string>();
  const begun = new WeakMap<IncomingMessage, RefreshReads>();
  const key = createSecretKey(successorKey, 'utf8');
  return {
    begin(request, reads) {
      if (reads !== null) begun.set(request, reads);
    },
    reads() {
      const context = current();
      return (context && begun.get(context.req)) ?? null;
    },
    rotating() {
      return current()?.oidc.entities.RotatedRefreshToken?.jti ?? null;
    },
    successorOf: (token) => createHmac('sha256', key).update(token).digest('base64url'),
    answerWith(successor) {
      const context = current();
      // Only at the token endpoint: to a revocation, a used token is a used token.
      if (context?.oidc.route === 'token') successors.set(context, successor);
    },
    answeredWith(context) {
      return successors.get(context) ?? null;
    },
  };
}
