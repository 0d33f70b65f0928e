import type { KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';
import type { Clock } from '../../core/clock.ts';
import { AppError } from '../../core/errors.ts';
import type { GitHubAnswer, GitHubApi } from '../github/github-api.ts';
import { reasonOf } from './answers.ts';

/** Who signs: an app as GitHub knows it. */
export interface SigningApp {
  /** Its client ID, which GitHub prefers, or its number. */
  issuer: string;
  key: KeyObject;
  /** For people. */
  name: string;
}

/**
 * Requests that an app makes in its own name, signed with its key.
 * @see https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app
 */
export interface AppRequests {
  /**
   * @throws AppError `provider_refused_client` if GitHub does not take the app's signature, or passing trouble. Every
   *   other status is an answer.
   */
  send(app: SigningApp, path: string, init?: { method: string; body?: unknown }): Promise<GitHubAnswer>;
  /** A time of GitHub's own, such as when a token ends, by our clock. Both in ms since the epoch. */
  ourTime(theirs: number): number;
}

/** GitHub takes at most ten minutes from its own now; the rest is for clocks that run a little fast. */
const LIFETIME_MS = 8 * 60_000;
/** GitHub takes no signature from its future, and its machines differ by seconds. */
const BACKDATED_MS = 60_000;
/** By how much our idea of GitHub's clock must have been wrong for a second try to make sense. */
const WORTH_A_RETRY_MS = 20_000;

export function createAppRequests({ api, clock }: { api: GitHubApi; clock: Clock }): AppRequests {
  /** How far GitHub's clock is ahead of ours, as of its last answer: a machine's clock may be minutes off. */
  let ahead = 0;

  const attempt = async (app: SigningApp, path: string, init: { method: string; body?: unknown }) => {
    const assumed = ahead;
    const answer = await api(path, {
      method: init.method,
      headers: {
        authorization: `Bearer ${await signature(app, clock.now() + assumed)}`,
        ...(init.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(init.body === undefined ? {} : { body: JSON.stringify(init.body) }),
    });
    const theirs = Date.parse(answer.headers.get('date') ?? '');
    if (Number.isFinite(theirs)) ahead = theirs - clock.now();
    return { answer, wasWrong: Math.abs(ahead - assumed) > WORTH_A_RETRY_MS };
  };

  return {
    async send(app, path, init = { method: 'GET' }) {
      const first = await attempt(app, path, init);
      // Refused, so nothing was done yet; and now we know GitHub's time.
      const { answer } = first.answer.status === 401 && first.wasWrong ? await attempt(app, path, init) : first;
      if (answer.status === 401) throw refused(app, answer);
      return answer;
    },
    ourTime: (theirs) => theirs - ahead,
  };
}

function signature({ issuer, key }: SigningApp, now: number): Promise<string> {
  const seconds = (ms: number) => Math.floor(ms / 1_000);
  return new SignJWT()
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT' })
    .setIssuer(issuer)
    .setIssuedAt(seconds(now - BACKDATED_MS))
    .setExpirationTime(seconds(now + LIFETIME_MS))
    .sign(key);
}

function refused({ name }: SigningApp, { data }: GitHubAnswer): AppError {
  if (/\b(iat|exp)\b/.test(reasonOf(data))) {
    return new AppError(
      'provider_refused_client',
      `GitHub refuses what ${name} signs: the time of this machine is wrong.`,
      {
        remedy: 'Switch on automatic time in the settings of your system.',
        action: 'retry',
      },
    );
  }
  return new AppError('provider_refused_client', `GitHub does not accept the private key of the app ${name}.`, {
    remedy: 'Make a new private key in the settings of the app at GitHub, and import it here.',
  });
}
