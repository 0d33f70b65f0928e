import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError } from '../core/errors.ts';
import type { ControlDoor } from './control-door.ts';
import { sendError } from './error-answer.ts';
import { isJson, readJson } from './request-body.ts';
import { answerApi, sendJson } from './ui-api.ts';
import type { UiEvents } from './ui-events.ts';
import type { UiFiles } from './ui-files.ts';
import type { UiSessions } from './ui-session.ts';

/**
 * Everything below `/ui`:
 *
 *     GET  /ui/                  the page and its files, without a login: they hold nothing of the person's
 *     POST /ui/session           {"token"} → {"key"} and a cookie
 *     POST /ui/session/end       ends the session
 *     GET  /ui/events            the contract's events
 *     GET or POST /ui/api/NAME   the contract's procedures
 *
 * @param path the target's path, as sent
 * @param search its query string without the question mark
 * @throws AppError for the listener to answer with
 */
export async function answerUi(
  parts: { control: ControlDoor; sessions: UiSessions; events: UiEvents; files: UiFiles },
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  search: string,
): Promise<void> {
  const { sessions, events, files } = parts;
  if (path.startsWith('/ui/api/')) {
    sessions.check(request.headers);
    return answerApi(parts, request, response, path.slice('/ui/api/'.length), search);
  }
  switch (path) {
    case '/ui':
      response.writeHead(308, { location: '/ui/', 'content-length': 0 });
      response.end();
      return;
    case '/ui/events': {
      const session = sessions.check(request.headers);
      if (request.method !== 'GET') return refuseMethod(request, response, 'GET');
      return events.open(response, session);
    }
    case '/ui/session': {
      if (request.method !== 'POST') return refuseMethod(request, response, 'POST');
      const { cookie, key } = sessions.login(await readToken(request));
      return sendJson(response, JSON.stringify({ key }), { 'set-cookie': cookie });
    }
    case '/ui/session/end': {
      const session = sessions.check(request.headers);
      if (request.method !== 'POST') return refuseMethod(request, response, 'POST');
      return sendJson(response, '{}', { 'set-cookie': sessions.logout(session) });
    }
    default:
      return files.answer(request, response, path.slice('/ui/'.length));
  }
}

function refuseMethod(request: IncomingMessage, response: ServerResponse, allow: string): void {
  const error = new AppError('bad_input', `This is asked with ${allow}.`);
  sendError(request, response, error, { status: 405, headers: { allow } });
}

async function readToken(request: IncomingMessage): Promise<string> {
  if (!isJson(request)) throw new AppError('bad_input', 'The body must be sent as application/json.');
  const body = await readJson(request);
  if (typeof body === 'object' && body !== null && 'token' in body && typeof body.token === 'string') return body.token;
  throw new AppError('bad_input', 'The body must hold a "token".');
}
