import type { ClientKind } from '../../shared/client-views.ts';
import type { Bus } from '../core/bus.ts';
import type { Clock } from '../core/clock.ts';
import type { IssuerConfig } from '../core/config.ts';
import type { Logger } from '../core/logger.ts';
import type { Schedule, Scheduler } from '../core/scheduler.ts';
import type { Store } from '../storage/store.ts';
import type { Vault } from '../vault/vault.ts';
import { createAnswer } from './answer.ts';
import { createApprovals } from './approvals.ts';
import { createClientStore } from './client-store.ts';
import { createClients } from './clients.ts';
import type { StaticClient } from './configured-clients.ts';
import { createGrants } from './grants.ts';
import type { Exchange, Issuer } from './issuer.ts';
import { sweep } from './janitor.ts';
import { createMetadataFetch } from './metadata-fetch.ts';
import type { OpenIssuer, OpenIssuerParts } from './open-issuer.ts';
import { createRegistrationLimit } from './registration-limit.ts';
import { createRemembered } from './remembered.ts';
import { createProcessObserver } from './requesting-process.ts';
import { createResources } from './resources.ts';
import { createSigningKeys } from './signing-keys.ts';

const SWEEP_EVERY_MS = 10 * 60_000;

export interface IssuerParts {
  db: Store;
  vault: Vault;
  config: IssuerConfig;
  /** From `readStaticClients`. */
  statics: readonly StaticClient[];
  clock: Clock;
  logger: Logger;
  bus: Bus;
  scheduler: Scheduler;
  /** The issuer identifier. Asked when needed: the listener starts later. */
  address(): string;
  /** The person's own resource servers, as the settings have them now. */
  resourceServers(): readonly string[];
  exchange: Exchange;
  /** The operating system, where a test wants another. */
  platform?: NodeJS.Platform;
}

/** With the library of the protocol, which takes longer to load than the rest of the app. */
async function load(parts: OpenIssuerParts): Promise<OpenIssuer> {
  const { openIssuer } = await import('./open-issuer.ts');
  return openIssuer(parts);
}

/** Builds the room. Keys and the protocol library are opened when somebody asks for what needs them. */
export function createIssuer(parts: IssuerParts): Issuer {
  const { db, vault, config, statics, clock, logger, bus, scheduler, address } = parts;
  const signingKeys = createSigningKeys({ db, vault, clock });
  const grants = createGrants({ db, clock });
  const remembered = createRemembered({ db, clock });
  const approvals = createApprovals({ bus, clock });
  const store = createClientStore({ db, bus, clock });
  const limit = createRegistrationLimit({ most: config.registrationsPerHour, clock });
  const { platform = process.platform } = parts;
  const observer = createProcessObserver({ clock, platform });
  const fetch = createMetadataFetch({ clock, privateHosts: config.metadataPrivateHosts });

  const kindOf = (clientId: string): ClientKind => {
    const fixed = statics.find((client) => client.client_id === clientId);
    if (fixed !== undefined) return fixed.client_secret === undefined ? 'built_in' : 'configured';
    return clientId.startsWith('https://') ? 'metadata_document' : 'dynamic';
  };

  let opened: Promise<OpenIssuer> | null = null;
  /** Once for all, and again after a failure: the vault may be open by then. */
  const open = (): Promise<OpenIssuer> => {
    if (opened !== null) return opened;
    const opening = load({
      ...{ db, vault, config, statics, clock, logger, bus, signingKeys, grants, remembered, approvals, store, fetch },
      exchange: parts.exchange,
      resources: createResources(address(), parts.resourceServers),
      issuer: address(),
      observer,
      kindOf,
    });
    opened = opening;
    opening.catch(() => {
      if (opened === opening) opened = null;
    });
    return opening;
  };
  /** The keys have changed, and the library takes them only once. */
  const reopen = () => {
    opened = null;
  };

  const clients = createClients({
    ...{ db, clock, bus, grants, remembered, approvals, statics },
    async rotateKeys() {
      const made = await signingKeys.rotate();
      reopen();
      return made;
    },
  });

  const tidy = async (signal: AbortSignal) => {
    await sweep({ db, clock, bus }, signal);
    if (vault.view().state === 'open' && (await signingKeys.tidy())) reopen();
  };

  let janitor: Schedule | null = null;
  let making: Promise<unknown> = Promise.resolve();
  return {
    approvals,
    clients,

    async start() {
      janitor = scheduler.every('issuer janitor', { intervalMs: () => SWEEP_EVERY_MS, task: tidy });
      // Generating an RSA key takes a while, so the first client should not have to wait for it. Nor does the start.
      if (vault.view().state === 'open') {
        making = signingKeys
          .open()
          .catch((error: unknown) => logger.warn('the signing keys could not be made', { error }));
      }
    },

    async stop() {
      janitor?.stop();
      approvals.stop();
      // They are written down at the end.
      await making;
    },

    async checkAccessToken(token, resource) {
      const { tokens } = await open();
      return await tokens.check(token, resource);
    },
    async verifyAccessToken(token, resource) {
      const { tokens } = await open();
      return await tokens.verify(token, resource);
    },

    answer: createAnswer({ open, limit, observer, issuer: address }),
  };
}
