import { Platform } from '../../../shared/connection-views.ts';
import type { InstallationRecord } from '../../connections/connections.ts';
import { AppError, hasCode } from '../../core/errors.ts';
import { isoOrNull } from '../../core/iso-time.ts';
import { sendJson } from '../../issuer/oauth-error.ts';
import { authorized } from './authorization.ts';
import type { Call, Room } from './call.ts';

export async function listInstallations(room: Room, call: Call): Promise<void> {
  if ((await authorized(room, call, 'installations:read')) === null) return;
  const named = call.parameters.get('platform');
  const platform = named === null ? null : Platform.safeParse(named).data;
  if (platform === undefined) {
    throw new AppError('bad_input', `The platform is one of ${Platform.options.join(', ')}.`);
  }
  const records = await room.connections.records(platform);
  sendJson(call.response, 200, { installations: records.map(body) });
}

export async function deleteInstallation(room: Room, call: Call, id: string): Promise<void> {
  if ((await authorized(room, call, 'installations:manage')) === null) return;
  try {
    const { upstream, message, manualUrl } = await room.connections.disconnect(id);
    sendJson(call.response, 200, { id, upstream, message, manual_url: manualUrl });
  } catch (error) {
    throw hasCode(error, 'not_connected') ? new AppError('not_found', 'There is no such installation.') : error;
  }
}

function body(record: InstallationRecord) {
  return {
    id: record.connectionId,
    platform: record.platform,
    host: record.host,
    external_org_id: record.orgId,
    external_org_name: record.orgName,
    external_installation_id: record.externalInstallationId,
    login: record.login,
    state: record.state,
    expires_at: isoOrNull(record.accessExpiresAt),
    scopes: record.scopes,
    permissions: record.permissions,
    installed_by: record.installedBy,
    created_at: isoOrNull(record.createdAt),
    updated_at: isoOrNull(record.updatedAt),
  };
}
