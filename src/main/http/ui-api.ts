import type { IncomingMessage, ServerResponse } from 'node:http';
import { contract, isProcedure } from '../../shared/contract.ts';
import { AppError } from '../core/errors.ts';
import type { ControlDoor } from './control-door.ts';
import { sendError } from './error-answer.ts';
import { isJson, readJson } from './request-body.ts';

/**
 * The contract's procedures over HTTP: a query is `GET /ui/api/<procedure>?input=<JSON>`, a command is a `POST` with its
 * input as JSON body. The session has been checked before.
 *
 * @param name the procedure as it stands in the path
 * @param search the query string without its question mark
 * @throws AppError from the procedure, or `bad_input`, `body_too_large`
 */
export async function answerApi(
  { control }: { control: ControlDoor },
  request: IncomingMessage,
  response: ServerResponse,
  name: string,
  search: string,
): Promise<void> {
  if (!isProcedure(name)) throw new AppError('not_found', 'There is no such procedure.');
  const method = contract[name].kind === 'query' ? 'GET' : 'POST';
  if (request.method !== method) {
    const error = new AppError('bad_input', `${name} is asked with ${method}.`);
    return sendError(request, response, error, { status: 405, headers: { allow: method } });
  }
  if (method === 'POST') {
    if (!isJson(request)) {
      const error = new AppError('bad_input', 'The body must be sent as application/json.');
      return sendError(request, response, error, { status: 415 });
    }
    return sendJson(response, JSON.stringify(await control.call('web', name, await readJson(request))));
  }
  // The one procedure that programs poll; it is kept ready as text.
  if (name === 'status.get' && search === '') return sendJson(response, await control.statusJson());
  sendJson(response, JSON.stringify(await control.call('web', name, inputOf(search))));
}

function inputOf(search: string): unknown {
  const input = new URLSearchParams(search).get('input');
  if (input === null) return {};
  try {
    return JSON.parse(input);
  } catch {
    throw new AppError('bad_input', 'The parameter "input" is not JSON.');
  }
}

/** Answers 200 with JSON that nobody may keep. */
export function sendJson(response: ServerResponse, json: string, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(200, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(json),
    'cache-control': 'no-store',
    ...headers,
  });
  response.end(json);
}
