import type { Platform } from '../../../shared/connection-views.ts';
import { PLATFORM_NAMES } from '../../../shared/platforms.ts';
import { isScope, type Scope } from '../../../shared/scopes.ts';
import type { InstallationRecord, OrganisationToken } from '../../connections/connections.ts';
import { bearerTokenOf } from '../../core/bearer-token.ts';
import { AppError } from '../../core/errors.ts';
import { isoOrNull } from '../../core/iso-time.ts';
import { sendJson } from '../../issuer/oauth-error.ts';
import { authorized } from './authorization.ts';
import type { Call, Room } from './call.ts';

/** Hands out a provider's token, in the form of RFC 6749 §5.1 with where it came from. */
export async function answerToken(room: Room, call: Call, platform: Platform): Promise<void> {
  const scope = `token:${platform}`;
  if (!isScope(scope)) throw new AppError('not_found', `Tokens of ${PLATFORM_NAMES[platform]} are not handed out.`);
  const orgId = call.parameters.get('org_id');
  const stored = await inOneStep(room, call, { platform, scope, orgId });
  if (stored !== null) return send(room, call, stored);

  const access = await authorized(room, call, scope);
  if (access === null) return;
  const requester = await room.requesterOf(access.clientId);
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
  send(room, call, { ...token, orgId: meant.orgId, expiry: isoOrNull(token.expiresAt) });
}

/**
 * The usual case: the request may have the token, and it is there. That this is so is found in the transaction that
 * writes it down, which is surer than to ask for the one before the other, and takes two thirds of the time.
 *
 * @returns null in every other case, and then nobody got anything
 */
async function inOneStep(
  room: Room,
  call: Call,
  { platform, scope, orgId }: { platform: Platform; scope: Scope; orgId: string | null },
) {
  const presented = bearerTokenOf(call.request, call.search);
  if (presented.kind !== 'token') return null;
  const verified = await room.tokens.verifyAccessToken(presented.token, room.issuer());
  if (!verified?.access.scopes.has(scope)) return null;
  const requester = await room.requesterOf(verified.access.clientId);
  return await room.connections.tokenOfOrganisation(platform, orgId, requester, verified.holds);
}

function send(room: Room, call: Call, { token, expiresAt, expiry, scopes, orgId, connectionId }: OrganisationToken) {
  sendJson(call.response, 200, {
    access_token: token,
    token_type: 'Bearer',
    expires_at: expiry,
    // Left out of JSON where it is undefined.
    expires_in: expiresAt === null ? undefined : Math.max(0, Math.floor((expiresAt - room.clock.now()) / 1000)),
    scope: scopes.join(' '),
    org_id: orgId,
    installation_id: connectionId,
  });
}

function choice({ connectionId, orgId, orgName, login, host }: InstallationRecord) {
  return { org_id: orgId, org_name: orgName, login, host, installation_id: connectionId };
}
