import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError } from '../../core/errors.ts';
import { sendError } from '../error-answer.ts';
import { answerPreflight, shareWithOrigin, takesOrigin } from '../trackeep/cross-origin.ts';
import { admitted } from './admission.ts';
import { EXPOSED_HEADERS } from './answer.ts';
import type { Call, GitHubApiParts } from './call.ts';
import { listEvents, listRepositories, showContributions } from './lists.ts';
import { repositoryRoute } from './repository.ts';

/** The path that `answer` takes, with everything below it. */
export const GITHUB_API_PATH = '/api/v1/github';

const METHODS = 'GET, HEAD, OPTIONS';

/**
 * What is tracked of the person's repositories, in the words of GitHub's own REST API and out of the database:
 *
 *     GET /api/v1/github/repos
 *     GET /api/v1/github/repos/{owner}/{repo}
 *     GET /api/v1/github/repos/{owner}/{repo}/commits, …/pulls, …/branches
 *     GET /api/v1/github/activity       the contributions by day and by week
 *     GET /api/v1/github/events         what happened
 *
 * For programs with an access token of the issuer for `github:read`, and for the person's own Trackeep.
 */
export interface GitHubApi {
  /** Whether pages of `origin` may call. */
  takesOrigin(origin: string): boolean;
  /** @throws AppError for the listener to answer with */
  answer(request: IncomingMessage, response: ServerResponse, path: string, search: string): Promise<void>;
}

export function createGitHubApi(parts: GitHubApiParts): GitHubApi {
  return {
    takesOrigin: (origin) => takesOrigin(parts.config.corsOrigins, origin, true),
    async answer(request, response, path, search) {
      const route = routeOf(path);
      if (route === null) throw new AppError('not_found', 'There is nothing here.');
      shareWithOrigin(request, response);
      response.setHeader('access-control-expose-headers', EXPOSED_HEADERS);
      // A preflight cannot carry a token.
      if (request.method === 'OPTIONS') return answerPreflight(response, METHODS);
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        const error = new AppError('bad_input', 'This can only be read.');
        return sendError(request, response, error, { status: 405, headers: { allow: METHODS } });
      }
      const call = { request, response, path, search, parameters: new URLSearchParams(search) };
      if (await admitted(parts, call)) await route(parts, call);
    },
  };
}

type Route = (parts: GitHubApiParts, call: Call) => Promise<void>;

const ROUTES: Readonly<Record<string, Route>> = {
  repos: listRepositories,
  events: listEvents,
  activity: showContributions,
};

function routeOf(path: string): Route | null {
  const [collection = '', ...more] = path.slice(GITHUB_API_PATH.length + 1).split('/');
  if (more.length === 0) return Object.hasOwn(ROUTES, collection) ? (ROUTES[collection] ?? null) : null;
  const [owner = '', name = '', list, ...rest] = more.map(decoded);
  if (collection !== 'repos' || owner === '' || name === '' || rest.length > 0) return null;
  return repositoryRoute(owner, name, list);
}

/** A part of a path; what is no such is no name of anything. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}
