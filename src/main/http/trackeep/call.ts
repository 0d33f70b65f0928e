import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SettingsView } from '../../../shared/settings-views.ts';
import type { Connections } from '../../connections/connections.ts';
import { bearerTokenOf } from '../../core/bearer-token.ts';
import type { Clock } from '../../core/clock.ts';
import type { TrackeepConfig } from '../../core/config.ts';
import { sendJson as answerJson } from '../../issuer/oauth-error.ts';
import type { Releases } from '../../releases/releases.ts';
import type { SessionTokens } from './session-tokens.ts';

export interface TrackeepParts {
  config: TrackeepConfig;
  connections: Pick<Connections, 'begin' | 'flow' | 'ofOrganisation' | 'github' | 'githubWith' | 'tokenOf'>;
  releases: Pick<Releases, 'view' | 'checkWith' | 'download'>;
  settings: { get(): Pick<SettingsView, 'trackeepInstances'> };
  clock: Clock;
  /** Our own, such as http://127.0.0.1:9090. */
  address(): string;
}

/** What the routes work with. */
export interface Room extends TrackeepParts {
  sessions: SessionTokens;
  instances: Instances;
}

/** The Trackeep instances that sign-ins may lead back to. */
export interface Instances {
  origins(): string[];
  getsToken(origin: string): boolean;
}

/** One request. */
export interface Call {
  request: IncomingMessage;
  response: ServerResponse;
  /** The query string without its question mark. */
  search: string;
}

/** The person's list, and `FRONTEND_URL`, which gets no GitHub token unless the list says so. */
export function createInstances({ config, settings }: Pick<TrackeepParts, 'config' | 'settings'>): Instances {
  const listed = () => settings.get().trackeepInstances;
  return {
    // The environment's first: it is the one to go back to where a request names none.
    origins: () => [
      ...new Set([...(config.frontend === null ? [] : [config.frontend]), ...listed().map(({ origin }) => origin)]),
    ],
    getsToken: (wanted) => listed().some(({ origin, passGitHubToken }) => origin === wanted && passGitHubToken),
  };
}

/** Answers with JSON that nobody may keep. */
export function sendJson({ response }: Call, status: number, body: object): void {
  answerJson(response, status, body);
}

/** The bearer token of a request; null: none, or nothing that is one. */
export function sessionOf({ request, search }: Call): string | null {
  const presented = bearerTokenOf(request, search);
  return presented.kind === 'token' ? presented.token : null;
}
