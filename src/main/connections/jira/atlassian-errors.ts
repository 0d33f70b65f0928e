import { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import type { ProviderAnswer } from '../provider-http.ts';
import { readableCode } from '../provider-http.ts';

export type GrantType = 'authorization_code' | 'refresh_token';

const Refusal = z.object({ error: z.string().min(1), error_description: z.string().catch('') });

/** The JSON that Atlassian's gateway and its APIs send with an error. */
const ApiRefusal = z.object({ message: z.string().catch('') });

/**
 * What the token endpoint refused, in our words.
 *
 * A dead refresh token is `403 {"error":"invalid_grant","error_description":"Unknown or invalid refresh token."}` by the
 * documentation, and `403 {"error":"unauthorized_client","error_description":"refresh_token is invalid"}` by
 * observation; the same `unauthorized_client` without a word about the refresh token is about the app. A wrong client ID
 * or secret is `401 {"error":"access_denied","error_description":"Unauthorized"}`.
 *
 * @see https://developer.atlassian.com/cloud/oauth/getting-started/refresh-tokens/
 */
export function tokenRefusal({ status, data }: ProviderAnswer, grantType: GrantType): AppError {
  const refusal = Refusal.safeParse(data);
  if (!refusal.success) {
    return new AppError('provider_error', `Atlassian refused without an explanation (status ${status}).`);
  }
  const { error, error_description: description } = refusal.data;
  const aboutRefreshToken = grantType === 'refresh_token' && /refresh.?token/i.test(description);
  switch (error) {
    case 'invalid_grant':
      return grantType === 'refresh_token' ? ended() : codeOver();
    case 'unauthorized_client':
      return aboutRefreshToken ? ended() : refusedClient();
    case 'access_denied':
    case 'invalid_client':
      return refusedClient();
    default:
      return new AppError('provider_error', `Atlassian refused with ${readableCode(error)}.`);
  }
}

/** The `error` parameter that the browser came back with. */
export function signInRefusal(error: string): AppError {
  switch (error) {
    case 'access_denied':
      return new AppError('access_denied', 'The sign-in was declined at Atlassian.');
    case 'unauthorized_client':
      return refusedClient();
    case 'invalid_scope':
      return new AppError('provider_refused_client', 'Your Atlassian app lacks a permission that is asked for.', {
        remedy: 'Add the scopes that `trackeep provider jira` lists to the permissions of your app, then start again.',
      });
    default:
      return new AppError('provider_error', `Atlassian refused with ${readableCode(error)}.`);
  }
}

/**
 * Whether Atlassian says that the token itself is no good. A 401 is also what it says when the token lacks a scope, and
 * no new token would change that.
 */
export function refusesToken({ status, data }: ProviderAnswer): boolean {
  return status === 401 && !lacksScope(data);
}

export function lacksScope(data: unknown): boolean {
  const refusal = ApiRefusal.safeParse(data);
  return refusal.success && /scope does not match/i.test(refusal.data.message);
}

function ended(): AppError {
  return new AppError('needs_reconnect', 'Atlassian no longer accepts the stored sign-in.');
}

function codeOver(): AppError {
  return new AppError(
    'code_expired',
    'Atlassian no longer accepts this sign-in: it was used already or took too long.',
  );
}

function refusedClient(): AppError {
  return new AppError('provider_refused_client', 'Atlassian does not accept the client ID or secret of your app.');
}
