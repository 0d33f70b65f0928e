import { randomUUID } from 'node:crypto';
import type { Clock } from '../../core/clock.ts';
import { AppError, hasCode } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import type { AppRegistration } from '../connections.ts';
import type { GitHubApi } from '../github/github-api.ts';
import { oauthError } from '../github/github-errors.ts';
import type { OAuthStates } from '../sign-in/oauth-states.ts';
import { ConversionAnswer, readAnswer } from './answers.ts';
import { manifestOf } from './manifest.ts';
import { readPrivateKey } from './private-key.ts';

/** GitHub's code is good for an hour; nobody needs longer to press a button. */
const LIFETIME_MS = 60 * 60_000;
/** No provider is called so: a state of this flow is no state of a sign-in. */
const STATE_OF = 'github-app';

/**
 * The way to a GitHub App of the person's own by GitHub's manifest flow: a page of ours posts the manifest to GitHub, the
 * person confirms there, the browser comes back with a code, and the code is exchanged for the app with its secrets.
 */
export interface Registrations {
  /** @returns the id of the page. @throws AppError a vault code */
  begin(input: { name: string; organisation: string | null }): Promise<string>;
  /** What the page posts, and where to. @throws AppError `not_found` once its time is over */
  page(id: string): AppRegistration;
  /**
   * GitHub sent the browser back.
   * @param keep keeps the new app; what it throws leaves the app unfinished
   * @throws AppError `state_invalid` for what is not, or no longer, ours; `access_denied`, `code_expired`, or passing
   *   trouble. After passing trouble the same address may be loaded again.
   */
  finish<T>(parameters: URLSearchParams, keep: (app: ConversionAnswer) => Promise<T>): Promise<T>;
}

export interface RegistrationsParts {
  /** GitHub's address, without a trailing slash. */
  url: string;
  api: GitHubApi;
  states: OAuthStates;
  callbackUrl: (of: 'github' | 'github-app') => string;
  clock: Clock;
  logger: Logger;
  learn: (secret: string) => void;
}

interface Unfinished {
  code: string;
  expiresAt: number;
  /** What the code was exchanged for already. A code works once, and the key in it is given out once. */
  app: ConversionAnswer | null;
}

export function createRegistrations(parts: RegistrationsParts): Registrations {
  const { url, api, states, callbackUrl, clock, logger, learn } = parts;
  const pages = new Map<string, AppRegistration & { expiresAt: number }>();
  /** Those that passing trouble interrupted, by their state. In memory only: the key must not lie about. */
  const unfinished = new Map<string, Unfinished>();

  const dropOld = () => {
    for (const entries of [pages, unfinished]) {
      for (const [id, { expiresAt }] of entries) if (expiresAt <= clock.now()) entries.delete(id);
    }
  };

  const convert = async (code: string): Promise<ConversionAnswer> => {
    const answer = await api(`/app-manifests/${encodeURIComponent(code)}/conversions`, { method: 'POST', headers: {} });
    const { status, data } = answer;
    if (status === 404) {
      throw new AppError('code_expired', 'GitHub no longer knows this app: it was fetched already, or took too long.', {
        remedy: 'Delete the app at GitHub if it is there, and start again.',
      });
    }
    if (status !== 201) {
      throw new AppError('forbidden', `GitHub did not hand over the new app (status ${status}).`, {
        remedy: 'Look whether the app is there at GitHub. You can make a private key there and import the app.',
      });
    }
    const app = readAnswer(ConversionAnswer, data, 'the new app');
    for (const secret of [app.client_secret, app.webhook_secret, app.pem]) if (secret) learn(secret);
    readPrivateKey(app.pem);
    return app;
  };

  /** Takes the state out of the store, or out of what was interrupted. */
  const redeem = async (state: string, code: string): Promise<Unfinished> => {
    dropOld();
    const interrupted = unfinished.get(state);
    // Taken at once: of two loads of one address only one goes on.
    if (interrupted?.code === code) {
      unfinished.delete(state);
      return interrupted;
    }
    const redeemed = await states.redeem(STATE_OF, state);
    if (redeemed === null) throw invalid();
    pages.delete(redeemed.flowId);
    return { code, expiresAt: clock.now() + LIFETIME_MS, app: null };
  };

  return {
    async begin({ name, organisation }) {
      dropOld();
      const id = randomUUID();
      const { state } = await states.issue({ platform: STATE_OF, flowId: id, lifetimeMs: LIFETIME_MS });
      learn(state);
      const owner = organisation === null ? '' : `/organizations/${encodeURIComponent(organisation)}`;
      const manifest = manifestOf({
        name,
        redirectUrl: callbackUrl('github-app'),
        callbackUrl: callbackUrl('github'),
        setupUrl: new URL('../../github-app/installed', callbackUrl('github-app')).href,
      });
      pages.set(id, {
        ...{ name, organisation, origin: new URL(url).origin, expiresAt: clock.now() + LIFETIME_MS },
        action: `${url}${owner}/settings/apps/new?state=${state}`,
        manifest: JSON.stringify(manifest),
      });
      return id;
    },
    page(id) {
      dropOld();
      const page = pages.get(id);
      if (!page) {
        throw new AppError('not_found', 'This page is over: the app was made, or it took too long.', {
          remedy: 'Start again from Trackeep Tray.',
        });
      }
      const { expiresAt: _, ...registration } = page;
      return registration;
    },
    async finish(parameters, keep) {
      const given = parameters.getAll('state');
      const [state] = given;
      if (!state || given.length > 1) throw invalid();
      const code = parameters.get('code') ?? '';
      const registration = await redeem(state, code);
      const refusal = parameters.get('error');
      if (refusal !== null) throw oauthError(refusal);
      if (!/^[\w-]{1,200}$/.test(code)) {
        throw new AppError('bad_input', 'GitHub sent you back without a code.', {
          remedy: 'Start again from Trackeep Tray.',
        });
      }
      learn(code);
      try {
        registration.app ??= await convert(code);
        return await keep(registration.app);
      } catch (error) {
        if (hasCode(error, 'code_expired', 'forbidden')) throw error;
        logger.warn('a new GitHub App is not here yet', { error });
        unfinished.set(state, registration);
        throw error;
      }
    },
  };
}

function invalid(): AppError {
  return new AppError(
    'state_invalid',
    'This app is not known here: it was made already, took too long, or is not ours.',
  );
}
