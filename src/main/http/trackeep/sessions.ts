import { z } from 'zod';
import { readJson } from '../request-body.ts';
import { type Call, type Room, sendJson, sessionOf } from './call.ts';

const Redemption = z.object({ token: z.string().min(1).max(20_000) });

/** `POST /api/v1/auth/oauth/callback`: the token that the browser brought, for a session of seven days. */
export async function redeemSignIn(room: Room, call: Call): Promise<void> {
  if (room.config.jwtSecret === null) {
    return sendJson(call, 503, { error: 'unavailable', message: 'JWT_SECRET is not set, so there are no sessions.' });
  }
  const request = Redemption.safeParse(await readJson(call.request));
  if (!request.success) return sendJson(call, 400, { error: 'bad_input', message: 'A token is required.' });
  const signedIn = await room.sessions.redeemSignIn(request.data.token);
  // An instance that the person took off the list meanwhile gets nothing more.
  if (signedIn === null || !room.instances.origins().includes(signedIn.instance)) {
    return sendJson(call, 401, { error: 'invalid_token', message: 'The token is no good, over, or used already.' });
  }
  sendJson(call, 200, { token: await room.sessions.issueSession(signedIn), user: signedIn.user });
}

/** `GET /api/v1/auth/me` and `/api/v1/user/me`: whose session it is. */
export async function currentUser({ sessions }: Room, call: Call): Promise<void> {
  const session = sessionOf(call);
  const user = session === null ? null : await sessions.userOf(session);
  if (user !== null) return sendJson(call, 200, { user });
  call.response.setHeader('www-authenticate', session === null ? 'Bearer' : 'Bearer error="invalid_token"');
  sendJson(call, 401, { error: 'invalid_token', message: 'A session of Trackeep is needed.' });
}
