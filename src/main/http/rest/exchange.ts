import { Platform } from '../../../shared/connection-views.ts';
import { canonicalResource } from '../../../shared/resources.ts';
import { isScope } from '../../../shared/scopes.ts';
import { hasCode } from '../../core/errors.ts';
import type { Exchange, Exchanged } from '../../issuer/issuer.ts';
import type { Room } from './call.ts';

/**
 * The token route in the form of RFC 8693: the provider is named by its address (`resource=https://api.github.com`) or
 * by its name (`audience=github`). A second target, beside that, is the id of one of several accounts.
 */
export function createExchange(room: Room): Exchange {
  const platformOf = (target: string): Platform | undefined => {
    const address = canonicalResource(target);
    return Platform.options.find(
      (platform) => target === platform || room.addresses[platform]?.some((own) => canonicalResource(own) === address),
    );
  };

  return async ({ access, targets, scopes }) => {
    const named = targets.filter((target) => platformOf(target) !== undefined);
    const [orgId = null, ...more] = targets.filter((target) => platformOf(target) === undefined);
    const platforms = new Set(named.map(platformOf));
    const [platform] = platforms;
    if (platform === undefined || platforms.size > 1 || more.length > 0) {
      return refuse('invalid_target', 'name one provider, as audience or resource, such as github');
    }
    const scope = `token:${platform}`;
    if (!isScope(scope)) return refuse('invalid_target', 'tokens of this provider are not handed out');
    if (!access.scopes.has(scope)) return refuse('invalid_scope', `the subject_token lacks the scope ${scope}`);

    const [meant, ...others] = await room.connections.ofOrganisation(platform, orgId);
    if (meant === undefined) return refuse('invalid_target', 'no such account is connected');
    if (others.length > 0) {
      const choices = [meant, ...others].map((record) => record.orgId).join(', ');
      return refuse(
        'invalid_target',
        `several accounts are connected; name one as audience, beside the provider: ${choices}`,
      );
    }
    if (scopes.some((wanted) => !meant.scopes.includes(wanted))) {
      return refuse('invalid_scope', 'the account was not connected for all of these scopes');
    }
    try {
      return await room.connections.tokenOf(meant.connectionId, await room.requesterOf(access.clientId));
    } catch (error) {
      if (hasCode(error, 'needs_reconnect', 'not_connected')) return refuse('invalid_target', error.message);
      throw error;
    }
  };
}

function refuse(error: 'invalid_target' | 'invalid_scope', description: string): Exchanged {
  return { error, description };
}
