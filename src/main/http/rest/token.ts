import { PLATFORM_NAMES } from '../../../shared/platforms.ts';
import { isScope } from '../../../shared/scopes.ts';
import type { Platform } from '../../../shared/views.ts';
import type { InstallationRecord, UsableToken } from '../../connections/connections.ts';
import { AppError } from '../../core/errors.ts';
import { sendJson } from '../../issuer/oauth-error.ts';
import { authorized } from './authorization.ts';
import { type Call, clientRequester, iso, type Room } from './call.ts';

/** Hands out a provider's token, in the form of RFC 6749 §5.1 with where it came from. */
export async function answerToken(room: Room, call: Call, platform: Platform): Promise<void> {
  const scope = `token:${platform}`;
  if (!isScope(scope)) throw new AppError('not_found', `Tokens of ${PLATFORM_NAMES[platform]} are not handed out.`);
  const access = await authorized(room, call, scope);
  if (access === null) return;

  const orgId = call.parameters.get('org_id');
  const requester = await clientRequester(room, access.clientId);
  const stored = await room.connections.tokenOfOrganisation(platform, orgId, requester);
  if (stored !== null) return send(room, call, stored);

  const [meant, second, ...more] = await room.connections.ofOrganisation(platform, orgId);
  if (meant === undefined) {
    const which = orgId === null ? `No account of ${PLATFORM_NAMES[platform]}` : 'No account with this org_id';
    throw new AppError('not_connected', `${which} is connected.`);
  }
  if (second !== undefined) {
    return sendJson(call.response, 409, {
      error: 'account_ambiguous',
      message: 'Several accounts are connected: name one of the choices by its org_id or installation_id, as org_id.',
      choices: [meant, second, ...more].map(choice),
    });
  }
  const token = await room.connections.tokenOf(meant.connectionId, requester);
  send(room, call, { ...token, orgId: meant.orgId });
}

function send(
  room: Room,
  call: Call,
  { token, expiresAt, scopes, orgId, connectionId }: UsableToken & { orgId: string },
) {
  sendJson(call.response, 200, {
    access_token: token,
    token_type: 'Bearer',
    expires_at: iso(expiresAt),
    ...(expiresAt === null ? {} : { expires_in: Math.max(0, Math.floor((expiresAt - room.clock.now()) / 1000)) }),
    scope: scopes.join(' '),
    org_id: orgId,
    installation_id: connectionId,
  });
}

function choice({ connectionId, orgId, orgName, login, host }: InstallationRecord) {
  return { org_id: orgId, org_name: orgName, login, host, installation_id: connectionId };
}
