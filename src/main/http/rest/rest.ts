import type { IncomingMessage, ServerResponse } from 'node:http';
import { Platform } from '../../../shared/connection-views.ts';
import { AppError } from '../../core/errors.ts';
import type { Exchange } from '../../issuer/issuer.ts';
import { sendError } from '../error-answer.ts';
import type { RestParts } from './call.ts';
import { createExchange } from './exchange.ts';
import { install } from './install.ts';
import { deleteInstallation, listInstallations } from './installations.ts';
import { createRequesters } from './requesters.ts';
import { answerRestMetadata, REST_METADATA_PATH } from './resource-metadata.ts';
import { answerToken } from './token.ts';

/** The paths that `answer` takes. */
export const REST_PATHS: readonly string[] = [
  REST_METADATA_PATH,
  '/oauth/install',
  '/oauth/installations',
  '/oauth/token',
];

/**
 * Accounts and their tokens for programs that the person approved:
 *
 *     GET    /oauth/install/{platform}        sends the person's browser to the provider, to connect an account
 *     GET    /oauth/installations             with installations:read; ?platform= for one provider's
 *     DELETE /oauth/installations/{id}        with installations:manage
 *     GET    /oauth/token/{platform}          with token:{platform}; ?org_id= chooses among several
 *
 * All but the first want an access token of the issuer for the resource that is the issuer itself.
 */
export interface Rest {
  /** @throws AppError for the listener to answer with */
  answer(request: IncomingMessage, response: ServerResponse, path: string, search: string): void | Promise<void>;
  /** The token route for the token endpoint of the issuer. */
  exchange: Exchange;
}

export function createRest(parts: RestParts): Rest {
  const room = { ...parts, requesterOf: createRequesters(parts.clients) };

  return {
    exchange: createExchange(room),
    answer(request, response, path, search) {
      if (path === REST_METADATA_PATH) return answerRestMetadata(request, response, room.issuer());
      const [, , collection, name, ...more] = path.split('/');
      const allow = METHODS[`${collection}${name === undefined ? '' : '/'}`];
      if (allow === undefined || name === '' || more.length > 0) throw nothingHere();
      if (request.method !== allow) {
        const error = new AppError('bad_input', `This is asked with ${allow}.`);
        return sendError(request, response, error, { status: 405, headers: { allow } });
      }
      const call = { request, response, search, parameters: new URLSearchParams(search) };
      if (name === undefined) return listInstallations(room, call);
      if (collection === 'installations') return deleteInstallation(room, call, name);
      const platform = Platform.safeParse(name);
      if (!platform.success) throw nothingHere();
      return collection === 'token' ? answerToken(room, call, platform.data) : install(room, call, platform.data);
    },
  };
}

const METHODS: Readonly<Record<string, string>> = {
  installations: 'GET',
  'installations/': 'DELETE',
  'token/': 'GET',
  'install/': 'GET',
};

function nothingHere(): AppError {
  return new AppError('not_found', 'There is nothing here.');
}
