import type { StatusView } from '../../shared/app-views.ts';
import type { Connections } from '../connections/connections.ts';
import type { Host } from '../core/host.ts';
import { isoOrNull } from '../core/iso-time.ts';
import type { Issuer } from '../issuer/issuer.ts';
import type { Releases } from '../releases/releases.ts';
import type { Settings } from '../storage/settings.ts';
import type { Tracking } from '../tracking/tracking.ts';
import type { Vault } from '../vault/vault.ts';
import { attention, overall, type Situation } from './attention.ts';
import type { Handlers } from './control.ts';
import type { Doctor } from './doctor.ts';
import { createTrackingHandlers } from './tracking-handlers.ts';

export interface Rooms {
  host: Host;
  vault: Vault;
  connections: Connections;
  releases: Releases;
  tracking: Tracking;
  issuer: Pick<Issuer, 'approvals' | 'clients'>;
  settings: Settings;
  doctor: Doctor;
  app: StatusView['app'];
  /** The listener's address, known once it listens. */
  address(): string;
}

/** The person's own programs, which come through the socket. */
const REQUESTERS = {
  command: { kind: 'command', id: 'trackeep token', name: null },
  git: { kind: 'git', id: 'trackeep git-credential', name: null },
} as const;

/** The contract's procedures over the rooms. Every line is a translation; rules live in the rooms. */
export function createHandlers(rooms: Rooms): Handlers {
  const { host, vault, connections, releases, tracking, issuer, settings, doctor, app, address } = rooms;
  const { approvals, clients } = issuer;
  const { githubApps, audit, exports } = connections;

  const status = async (): Promise<StatusView> => {
    const updates = releases.view();
    const situation: Situation = {
      vault: vault.view(),
      connections: await connections.list(),
      approvals: await approvals.list(),
      updates,
      busy:
        connections.flows().some((flow) => flow.state === 'waiting') ||
        updates.download?.state === 'downloading' ||
        updates.download?.state === 'verifying',
    };
    return {
      app,
      overall: overall(situation),
      attention: attention(situation),
      connections: situation.connections,
      vault: situation.vault,
      issuer: { address: address(), mcp: `${address()}/mcp` },
      updates: {
        state: updates.state,
        currentVersion: updates.currentVersion,
        latestVersion: updates.latest?.version ?? null,
        checkedAt: updates.checkedAt,
        nextCheckAt: updates.nextCheckAt,
      },
      tracking: await tracking.queries.waiting(),
    };
  };

  return {
    'status.get': status,

    'providers.list': () => connections.providers(),
    'providers.configure': ({ platform, clientId, clientSecret }) =>
      connections.configure({ platform, clientId, ...(clientSecret === undefined ? {} : { clientSecret }) }),

    'connections.list': () => connections.list(),
    'connections.begin': (input) => connections.begin(input),
    'connections.flows': () => connections.flows(),
    'connections.flow': ({ id }) => connections.flow(id),
    'connections.cancel': ({ id }) => connections.cancel(id),
    'connections.refresh': ({ id }) => connections.refresh(id),
    'connections.disconnect': ({ id }) => connections.disconnect(id),

    'githubApps.list': () => githubApps.list(),
    'githubApps.create': (input) => githubApps.create(input),
    'githubApps.import': (input) => githubApps.import(input),
    'githubApps.sync': ({ id }) => githubApps.sync(id),
    'githubApps.remove': async ({ id }) => {
      await githubApps.remove(id);
      return {};
    },

    'audit.list': ({ before, limit, connectionId }) =>
      audit.list({
        ...(before === undefined ? {} : { before }),
        ...(limit === undefined ? {} : { limit }),
        ...(connectionId === undefined ? {} : { connectionId }),
      }),

    'exports.list': () => exports.list(),
    'exports.add': (input) => exports.add(input),
    'exports.remove': async (input) => {
      await exports.remove(input);
      return {};
    },

    'approvals.list': () => approvals.list(),
    'approvals.numbers': async ({ id }) => ({ numbers: await approvals.numbers(id) }),
    'approvals.approve': (input) => approvals.approve(input),
    'approvals.deny': ({ id }) => approvals.deny(id),

    'clients.list': () => clients.list(),
    'clients.revoke': ({ id, grantId }) => clients.revoke(id, grantId),
    'clients.revokeAll': async () => ({ grants: await clients.revokeAll() }),
    'clients.remove': async ({ id }) => {
      await clients.remove(id);
      return {};
    },
    'clients.rotateKeys': async () => ({ keyIds: await clients.rotateKeys() }),

    'credentials.explain': (address) => connections.explain(address),
    'credentials.get': async (address) => {
      const { connectionId } = await connections.explain(address);
      if (connectionId === null) return null;
      const { token, expiresAt } = await connections.tokenOf(connectionId, REQUESTERS.git);
      return { token, expiresAt: isoOrNull(expiresAt) };
    },

    'tokens.get': async ({ platform, account, repositories = null, permissions = null }) => {
      const {
        token,
        login,
        host: provider,
        expiresAt,
        connectionId,
      } = await connections.token(
        platform,
        account,
        REQUESTERS.command,
        repositories === null && permissions === null ? undefined : { repositories, permissions },
      );
      return {
        token,
        login,
        host: provider,
        connectionId,
        expiresAt: isoOrNull(expiresAt),
      };
    },

    'updates.get': () => releases.view(),
    'updates.check': () => releases.check(),
    'updates.download': () => releases.download(),
    'updates.stop': () => releases.stopDownload(),
    'updates.discard': () => releases.discard(),
    'updates.reveal': () => {
      const path = releases.view().download?.path;
      if (path) host.revealFile(path);
      return {};
    },

    ...createTrackingHandlers(tracking),

    'settings.get': () => settings.get(),
    'settings.set': (patch) => settings.set(patch),

    'vault.unlock': ({ passphrase }) => vault.unlock(passphrase === undefined ? {} : { passphrase }),
    'vault.rotate': () => vault.rotate(),

    'doctor.run': () => doctor.run(),

    'app.open': async () => ({ url: await host.open() }),
    'app.quit': () => {
      host.quit();
      return {};
    },
  };
}
