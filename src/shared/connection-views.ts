/** What people see of the accounts they connected, and of what was handed out of them. */
import { z } from 'zod';
import { ErrorView } from './errors.ts';

const Time = z.iso.datetime();

export const Platform = z.enum(['github', 'jira', 'slack', 'hq']);
export type Platform = z.infer<typeof Platform>;

/** How a person signs in: by typing a code at the provider (RFC 8628), or through the browser and back (RFC 8252). */
export const SignInWay = z.enum(['device', 'web']);
export type SignInWay = z.infer<typeof SignInWay>;

/** A provider as it can be set up and used here. Whether there is a client secret is told, never the secret. */
export const ProviderView = z.strictObject({
  platform: Platform,
  /** The name people know, such as "GitHub". */
  name: z.string(),
  /** Where the provider is reached, such as https://github.com. */
  address: z.url(),
  /** Whether the person brings an app of their own; false where one serves everybody. */
  needsApp: z.boolean(),
  /** Whether that app's client secret is needed: always, for some ways to sign in, or never. */
  secret: z.enum(['required', 'optional', 'none']),
  clientId: z.string().nullable(),
  hasClientSecret: z.boolean(),
  /** Where the client ID comes from; one from the environment cannot be changed in the app. */
  configuredBy: z.enum(['environment', 'person']).nullable(),
  /** The ways that work with this set-up, the best first. Empty until a client ID is known. */
  ways: z.array(SignInWay),
  /** The page where the person makes an app of their own. */
  registrationUrl: z.url(),
  /** What to enter there as the callback address of the web flow. */
  callbackUrl: z.url(),
  /** What is asked for at the provider, with what it is for. */
  scopes: z.array(z.strictObject({ name: z.string(), reason: z.string() })),
});
export type ProviderView = z.infer<typeof ProviderView>;

export const ConnectionState = z.enum(['ok', 'refreshing', 'paused', 'unreachable', 'needs_reconnect', 'vault_closed']);
export type ConnectionState = z.infer<typeof ConnectionState>;

/** One connected account. */
export const ConnectionView = z.strictObject({
  id: z.uuid(),
  platform: Platform,
  /** The provider's host, such as github.com. */
  host: z.string(),
  /** A person's own token, or that of an app that is installed in an account or organisation. */
  kind: z.enum(['user', 'app_installation']),
  login: z.string(),
  name: z.string().nullable(),
  /** The site, workspace or organisation, where the provider has such. */
  organisation: z.strictObject({ id: z.string(), name: z.string(), url: z.url().nullable() }).nullable(),
  state: ConnectionState,
  /** Why the state is not `ok`; with `ok`, what stands in the way of some requests (an organisation's sign-on). */
  problem: ErrorView.nullable(),
  scopes: z.array(z.string()),
  /** An app installation's permissions, such as contents: read. */
  permissions: z.record(z.string(), z.string()),
  /** What stands before the secret part of the token, such as ghu_; null: nothing that tells. */
  tokenPrefix: z.string().nullable(),
  /** Since when the token is this one. Null: there is none yet. */
  tokenSince: Time.nullable(),
  connectedAt: Time,
  /** Null: the token does not expire. */
  accessExpiresAt: Time.nullable(),
  refreshExpiresAt: Time.nullable(),
  /** When the sign-in ends, if that is soon and only a new one puts it off. */
  signInEndsAt: Time.nullable(),
  lastRefreshedAt: Time.nullable(),
  lastUsedAt: Time.nullable(),
  /** Who was handed the token last, in words. */
  lastUsedBy: z.string().nullable(),
  /** No request goes to the provider before this time (its rate limit). */
  pausedUntil: Time.nullable(),
});
export type ConnectionView = z.infer<typeof ConnectionView>;

/** A GitHub App of the person's own, whose installations give tokens (GitHub Apps, "Authenticating as an installation"). */
export const GitHubAppView = z.strictObject({
  /** GitHub's number of it. */
  id: z.string(),
  host: z.string(),
  slug: z.string(),
  name: z.string(),
  /** Null until GitHub was asked. */
  owner: z.string().nullable(),
  clientId: z.string().nullable(),
  /** Its page at GitHub. */
  url: z.url(),
  /** Where it is installed, and where repositories are chosen. */
  installUrl: z.url(),
  addedAt: Time,
  /** The connections that came of its installations. */
  connectionIds: z.array(z.uuid()),
  problem: ErrorView.nullable(),
});
export type GitHubAppView = z.infer<typeof GitHubAppView>;

/** One token that was handed out. The log is chained: an edit or a cut is noticed. */
export const AuditView = z.strictObject({
  /** Counts from 1 without a gap. */
  number: z.int().positive(),
  at: Time,
  /** Who got it: a client of the issuer, or a program of the person's own on this machine. */
  requester: z.strictObject({
    kind: z.enum(['client', 'command', 'git', 'export', 'app']),
    id: z.string(),
    name: z.string().nullable(),
  }),
  /** Null: the row is from before connections were noted. */
  connectionId: z.uuid().nullable().default(null),
  platform: Platform,
  /** host/login, as the account was called then. */
  account: z.string(),
  /** Null: all that the connection may do. */
  narrowedTo: z
    .strictObject({
      repositories: z.array(z.string()).nullable(),
      permissions: z.record(z.string(), z.string()).nullable(),
    })
    .nullable(),
  expiresAt: Time.nullable(),
});
export type AuditView = z.infer<typeof AuditView>;

/** A token kept current in a file, or in the GitHub CLI, because the person asked for it. */
export const ExportView = z.strictObject({
  connectionId: z.uuid(),
  to: z.enum(['env_file', 'gh']),
  /** The file; null for the GitHub CLI. */
  path: z.string().nullable(),
  /** When it was last written. */
  writtenAt: Time.nullable(),
  problem: ErrorView.nullable(),
});
export type ExportView = z.infer<typeof ExportView>;

export const FlowState = z.enum(['waiting', 'connected', 'denied', 'expired', 'cancelled', 'failed']);
export type FlowState = z.infer<typeof FlowState>;

/** One sign-in under way or just ended. */
export const FlowView = z.strictObject({
  id: z.uuid(),
  platform: Platform,
  way: SignInWay,
  state: FlowState,
  startedAt: Time,
  expiresAt: Time,
  /** Device flow: what the person types, and where. */
  userCode: z.string().nullable(),
  verificationUri: z.url().nullable(),
  /** Web flow: the page to open. */
  authorizationUrl: z.url().nullable(),
  /** The account that was connected. */
  connectionId: z.uuid().nullable(),
  login: z.string().nullable(),
  /** Why it did not end in `connected`. */
  error: ErrorView.nullable(),
});
export type FlowView = z.infer<typeof FlowView>;

/** What came of a disconnect at the provider's side. The local copy is gone in every case. */
export const DisconnectView = z.strictObject({
  upstream: z.enum(['revoked', 'not_possible', 'failed']),
  message: z.string(),
  /** Where the person can revoke by hand, unless it is done. */
  manualUrl: z.url().nullable(),
});
export type DisconnectView = z.infer<typeof DisconnectView>;
