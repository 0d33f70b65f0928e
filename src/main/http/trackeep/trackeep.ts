import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError } from '../../core/errors.ts';
import { sendError } from '../error-answer.ts';
import { type Call, createInstances, type Room, type TrackeepParts } from './call.ts';
import { answerPreflight, shareWithOrigin, takesOrigin } from './cross-origin.ts';
import { createSessionTokens } from './session-tokens.ts';
import { currentUser, redeemSignIn } from './sessions.ts';
import { createSignIn, type SignIn } from './sign-in.ts';
import { checkForUpdates, installUpdate, updateProgress } from './updates.ts';

interface Route {
  path: string;
  method: 'GET' | 'POST';
  /** Whose pages may call: everybody's that `CORS_ALLOWED_ORIGINS` names, `*` only with a token; or our own alone. */
  pages: 'named' | 'with_token' | 'own';
}

/** The paths that `answer` takes. */
export const TRACKEEP_ROUTES: readonly Route[] = [
  { path: '/auth/github/callback', method: 'GET', pages: 'own' },
  { path: '/auth/github', method: 'GET', pages: 'own' },
  { path: '/api/v1/auth/oauth/callback', method: 'POST', pages: 'named' },
  { path: '/api/v1/auth/me', method: 'GET', pages: 'with_token' },
  { path: '/api/v1/user/me', method: 'GET', pages: 'with_token' },
  { path: '/api/updates/check', method: 'GET', pages: 'with_token' },
  { path: '/api/updates/install', method: 'POST', pages: 'with_token' },
  { path: '/api/updates/progress', method: 'GET', pages: 'with_token' },
];

/**
 * What Trackeep instances of the person's own ask for: signing in with GitHub, and updates. An instance asks from its
 * server or from its pages; its tokens are Trackeep's, and no tokens of the issuer.
 */
export interface Trackeep {
  /** Whether pages of `origin` may call the route. */
  takesOrigin(route: Route, origin: string): boolean;
  /** @throws AppError for the listener to answer with */
  answer(request: IncomingMessage, response: ServerResponse, path: string, search: string): Promise<void>;
  /** As `SignIn.onward`. */
  onward: SignIn['onward'];
}

export function createTrackeep(parts: TrackeepParts): Trackeep {
  const { config, clock, address } = parts;
  const room: Room = {
    ...parts,
    sessions: createSessionTokens({ config, clock, issuer: address }),
    instances: createInstances(parts),
  };
  const signIn = createSignIn(room);
  const answers: Readonly<Record<string, (call: Call) => Promise<void>>> = {
    '/auth/github': signIn.begin,
    '/auth/github/callback': signIn.finish,
    '/api/v1/auth/oauth/callback': (call) => redeemSignIn(room, call),
    '/api/v1/auth/me': (call) => currentUser(room, call),
    '/api/v1/user/me': (call) => currentUser(room, call),
    '/api/updates/check': (call) => checkForUpdates(room, call),
    '/api/updates/install': (call) => installUpdate(room, call),
    '/api/updates/progress': (call) => updateProgress(room, call),
  };

  return {
    takesOrigin: ({ pages }, origin) =>
      pages !== 'own' && takesOrigin(config.corsOrigins, origin, pages === 'with_token'),

    async answer(request, response, path, search) {
      const route = TRACKEEP_ROUTES.find((known) => known.path === path);
      const answer = answers[path];
      if (route === undefined || answer === undefined) throw new AppError('not_found', 'There is nothing here.');
      const allow = `${route.method}, OPTIONS`;
      if (route.pages !== 'own') {
        shareWithOrigin(request, response);
        if (request.method === 'OPTIONS') return answerPreflight(response, allow);
      }
      if (request.method !== route.method) {
        const error = new AppError('bad_input', `This is asked with ${route.method}.`);
        return sendError(request, response, error, { status: 405, headers: { allow } });
      }
      await answer({ request, response, search });
    },
    onward: signIn.onward,
  };
}
