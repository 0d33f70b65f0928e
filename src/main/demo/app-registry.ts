import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { HOUR_MS } from '../../shared/durations.ts';
import type { Clock } from '../core/clock.ts';

export interface RegisteredApp {
  id: number;
  slug: string;
  name: string;
  owner: string;
  clientId: string;
  clientSecret: string;
  webhookSecret: string;
  /** PKCS#1 PEM, as GitHub gives keys out. Only the newest one counts. */
  privateKey: string;
  publicKey: string;
  permissions: Record<string, string>;
  /** Where the browser goes after an installation; null: nowhere. */
  setupUrl: string | null;
}

export interface AppInstallation {
  id: number;
  app: RegisteredApp;
  account: { login: string; id: number; type: 'User' | 'Organization' };
  /** Names; null: all that the account has. */
  repositories: string[] | null;
  permissions: Record<string, string>;
  suspendedAt: number | null;
}

/** What an installation token is good for. */
export interface InstallationGrant {
  installation: AppInstallation;
  /** Names; null: all of the installation's. */
  repositories: string[] | null;
  permissions: Record<string, string>;
  expiresAt: number;
}

/** What is registered at the emulated GitHub in the way of apps, with the tokens of their installations. */
export interface AppRegistry {
  readonly apps: Map<number, RegisteredApp>;
  readonly installations: Map<number, AppInstallation>;
  register(input: {
    name: string;
    owner: string;
    permissions?: Record<string, string>;
    setupUrl?: string | null;
  }): RegisteredApp;
  install(
    app: RegisteredApp,
    input: { login: string; type?: 'User' | 'Organization'; repositories?: string[] | null },
  ): AppInstallation;
  /** The person deletes the app's keys and makes another. @returns the new one */
  replaceKey(app: RegisteredApp): string;
  /** The code that is exchanged for a new app: once, and within the hour. */
  issueCode(app: RegisteredApp): string;
  redeemCode(code: string): RegisteredApp | null;
  mint(grant: Omit<InstallationGrant, 'expiresAt'>): { token: string; expiresAt: number };
  /** @returns null for a token that is over, or whose installation is gone or suspended */
  find(token: string): InstallationGrant | null;
  revoke(token: string): boolean;
  /** Every living token. */
  living(): string[];
  expireTokens(): void;
  /** Every secret ever handed out, for tests that search for leaks. */
  everything(): string[];
}

export function createAppRegistry({ clock }: { clock: Clock }): AppRegistry {
  const apps = new Map<number, RegisteredApp>();
  const installations = new Map<number, AppInstallation>();
  const codes = new Map<string, { app: RegisteredApp; expiresAt: number }>();
  const tokens = new Map<string, InstallationGrant>();
  const everything: string[] = [];
  let next = 1_000_001;

  const secret = (text: string) => {
    everything.push(text);
    return text;
  };
  const keys = () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', {
      modulusLength: 2_048,
      privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    return { privateKey: secret(privateKey), publicKey };
  };

  const find = (token: string) => {
    const grant = tokens.get(token);
    if (!grant || grant.expiresAt <= clock.now()) return null;
    const installation = installations.get(grant.installation.id);
    return installation && installation.suspendedAt === null ? grant : null;
  };

  return {
    apps,
    installations,
    register({ name, owner, permissions = { metadata: 'read', contents: 'write', issues: 'read' }, setupUrl = null }) {
      const id = next++;
      const app: RegisteredApp = {
        ...{ id, name, owner, permissions, setupUrl },
        slug: name.toLowerCase().replace(/[^a-z0-9]+/g, '-'),
        clientId: `Iv23li${randomBytes(7).toString('hex')}`,
        clientSecret: secret(randomBytes(20).toString('hex')),
        webhookSecret: secret(randomUUID()),
        ...keys(),
      };
      apps.set(id, app);
      return app;
    },
    install(app, { login, type = 'User', repositories = null }) {
      const id = next++;
      const account = { login, type, id: next++ };
      const installation = { id, app, account, repositories, permissions: app.permissions, suspendedAt: null };
      installations.set(id, installation);
      return installation;
    },
    replaceKey: (app) => Object.assign(app, keys()).privateKey,
    issueCode(app) {
      const code = secret(randomBytes(20).toString('hex'));
      codes.set(code, { app, expiresAt: clock.now() + HOUR_MS });
      return code;
    },
    redeemCode(code) {
      const found = codes.get(code);
      codes.delete(code);
      return found && found.expiresAt > clock.now() ? found.app : null;
    },
    mint(grant) {
      const token = secret(`ghs_${randomBytes(18).toString('hex')}`);
      const expiresAt = clock.now() + HOUR_MS;
      tokens.set(token, { ...grant, expiresAt });
      return { token, expiresAt };
    },
    find,
    revoke: (token) => find(token) !== null && tokens.delete(token),
    living: () => [...tokens.keys()].filter((token) => find(token) !== null),
    expireTokens() {
      for (const grant of tokens.values()) grant.expiresAt = 0;
    },
    everything: () => [...everything],
  };
}
