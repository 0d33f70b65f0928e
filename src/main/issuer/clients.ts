import type { Kysely, Selectable } from 'kysely';
import type { ClientKind, ClientView, GrantView } from '../../shared/client-views.ts';
import type { Scope } from '../../shared/scopes.ts';
import type { Bus } from '../core/bus.ts';
import type { Clock } from '../core/clock.ts';
import { AppError } from '../core/errors.ts';
import { iso, isoOrNull } from '../core/iso-time.ts';
import type { IssuerClientsTable, IssuerGrantsTable, Schema } from '../storage/schema.ts';
import type { WaitingApprovals } from './approvals.ts';
import type { StaticClient } from './configured-clients.ts';
import type { Grants } from './grants.ts';
import type { Clients } from './issuer.ts';
import { IDLE_CLIENT_MS } from './janitor.ts';
import { boundRedirectHost, redirectHost } from './redirect-uris.ts';
import type { Remembered, RememberedLookup } from './remembered.ts';

export interface ClientsParts {
  db: Kysely<Schema>;
  clock: Clock;
  bus: Bus;
  grants: Grants;
  remembered: Remembered;
  approvals: Pick<WaitingApprovals, 'withdraw'>;
  /** The built-in client and the configured ones. */
  statics: readonly StaticClient[];
  rotateKeys(): Promise<string[]>;
}

export function createClients(parts: ClientsParts): Clients {
  const { db, clock, bus, grants, remembered, approvals, statics } = parts;

  /** Grants that still hold, by client. */
  const liveGrants = async (clientId?: string): Promise<Map<string, GrantView[]>> => {
    let query = db.selectFrom('issuer_grants').selectAll().where('expires_at', '>', clock.now());
    if (clientId !== undefined) query = query.where('client_id', '=', clientId);
    const [rows, until] = await Promise.all([
      query.orderBy('approved_at', 'desc').execute(),
      remembered.lookup(clientId),
    ]);
    const byClient = new Map<string, GrantView[]>();
    for (const row of rows) {
      const own = byClient.get(row.client_id) ?? [];
      own.push(grantView(row, until));
      byClient.set(row.client_id, own);
    }
    return byClient;
  };

  const grantView = (row: Selectable<IssuerGrantsTable>, until: RememberedLookup): GrantView => {
    const scopes = row.scopes.split(' ') as Scope[];
    const permission = { clientId: row.client_id, resource: row.resource, redirectHost: row.redirect_host, scopes };
    return {
      id: row.id,
      resource: row.resource,
      scopes,
      redirectHost: row.redirect_host,
      approvedAt: iso(row.approved_at),
      lastUsedAt: isoOrNull(row.last_used_at),
      expiresAt: iso(row.expires_at),
      rememberedUntil: isoOrNull(until(permission)),
    };
  };

  const storedView = (row: Selectable<IssuerClientsTable>, own: GrantView[]): ClientView => {
    const metadata: { client_name?: string; redirect_uris?: string[] } = JSON.parse(row.metadata);
    return {
      id: row.client_id,
      kind: row.kind as ClientKind,
      name: metadata.client_name || null,
      redirectHosts: hostsOf(metadata.redirect_uris ?? []),
      registeredAt: iso(row.registered_at),
      lastUsedAt: isoOrNull(row.last_used_at),
      process: row.process === null ? null : JSON.parse(row.process),
      forgottenAt: iso((row.last_used_at ?? row.registered_at) + IDLE_CLIENT_MS),
      grants: own,
    };
  };

  const staticView = (client: StaticClient, own: GrantView[]): ClientView => ({
    id: client.client_id,
    kind: client.client_secret === undefined ? 'built_in' : 'configured',
    name: client.client_name,
    redirectHosts: hostsOf(client.redirect_uris),
    registeredAt: null,
    lastUsedAt: latest(own.map((grant) => grant.lastUsedAt)),
    process: null,
    forgottenAt: null,
    grants: own,
  });

  const views = async (id?: string): Promise<ClientView[]> => {
    let query = db.selectFrom('issuer_clients').selectAll();
    if (id !== undefined) query = query.where('client_id', '=', id);
    const [rows, grantsOf] = await Promise.all([query.execute(), liveGrants(id)]);
    return [
      ...rows.map((row) => storedView(row, grantsOf.get(row.client_id) ?? [])),
      ...statics
        .filter((client) => id === undefined || client.client_id === id)
        .map((client) => staticView(client, grantsOf.get(client.client_id) ?? [])),
    ];
  };

  const find = async (id: string): Promise<ClientView> => {
    const [found] = await views(id);
    if (found === undefined) throw new AppError('not_found', 'There is no such client.');
    return found;
  };

  return {
    async list() {
      return (await views()).sort((a, b) => usedAt(b).localeCompare(usedAt(a)));
    },

    async revoke(id, grantId) {
      const client = await find(id);
      if (grantId === undefined) {
        await grants.revoke({ clientId: id });
        await remembered.forget({ clientId: id });
      } else {
        const grant = client.grants.find((candidate) => candidate.id === grantId);
        if (grant === undefined) throw new AppError('not_found', 'There is no such grant.');
        await grants.revoke({ id: grantId, clientId: id });
        // Or the client would have it back at once, without a word.
        await remembered.forget({ clientId: id, resource: grant.resource, redirectHost: grant.redirectHost });
      }
      bus.emit('clients');
      return find(id);
    },

    async revokeAll() {
      const ended = await grants.revoke({});
      await remembered.forget({});
      bus.emit('clients');
      return ended;
    },

    async remove(id) {
      const { kind } = await find(id);
      if (kind === 'built_in' || kind === 'configured') {
        throw new AppError('not_permitted', 'This client is part of the set-up and cannot be removed here.', {
          remedy:
            kind === 'configured' ? 'Take it out of the file that OAUTH_CLIENTS_FILE names.' : 'Revoke its access.',
        });
      }
      await grants.revoke({ clientId: id });
      await remembered.forget({ clientId: id });
      await db.deleteFrom('issuer_clients').where('client_id', '=', id).execute();
      approvals.withdraw(id);
      bus.emit('clients');
    },

    rotateKeys: () => parts.rotateKeys(),
  };
}

/** Each host once; of a program on this machine without its port, which changes. */
function hostsOf(uris: readonly string[]): string[] {
  return [...new Set(uris.map((uri) => (uri.startsWith('http:') ? boundRedirectHost(uri) : redirectHost(uri))))];
}

function usedAt({ lastUsedAt, registeredAt }: ClientView): string {
  return lastUsedAt ?? registeredAt ?? '';
}

function latest(times: (string | null)[]): string | null {
  return times.reduce((last, time) => (time !== null && (last === null || time > last) ? time : last), null);
}
