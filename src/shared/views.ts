/**
 * What a person can see: plain data, the same on the window, the web UI and the command line. No view ever holds a
 * token, a secret, a passphrase or a key. Times are ISO 8601 in UTC, sizes are bytes, durations are ms.
 */
import { z } from 'zod';
import { ErrorView } from './errors.ts';
import { canonicalOrigin } from './origins.ts';
import { canonicalResource } from './resources.ts';
import { SCOPE_NAMES } from './scopes.ts';
import { TrackingSettings } from './tracking-views.ts';

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

export const KeySourceName = z.enum(['keychain', 'passphrase', 'file']);
export type KeySourceName = z.infer<typeof KeySourceName>;

export const VaultStateName = z.enum(['open', 'locked', 'missing', 'denied', 'unavailable']);
export type VaultStateName = z.infer<typeof VaultStateName>;

export const VaultView = z.strictObject({
  source: KeySourceName,
  /** The backend in words, such as "Secret Service (GNOME Keyring)" or "key file (not protected by the system)". */
  backend: z.string(),
  state: VaultStateName,
  problem: ErrorView.nullable(),
});
export type VaultView = z.infer<typeof VaultView>;

export const Asset = z.strictObject({
  name: z.string(),
  size: z.int().nonnegative(),
  /** What the download will be checked against, and where that came from; null: it cannot be verified. */
  checksum: z
    .strictObject({ sha256: z.string().length(64), source: z.enum(['digest', 'checksum_asset', 'notes']) })
    .nullable(),
});
export type Asset = z.infer<typeof Asset>;

export const ReleaseView = z.strictObject({
  /** Semantic version without a leading v. */
  version: z.string(),
  tag: z.string(),
  name: z.string(),
  publishedAt: Time.nullable(),
  prerelease: z.boolean(),
  /** Markdown as the maintainers wrote it: untrusted. */
  notes: z.string(),
  url: z.url(),
  /** The file for this platform and architecture, if there is one. */
  asset: Asset.nullable(),
});
export type ReleaseView = z.infer<typeof ReleaseView>;

export const DownloadState = z.enum(['downloading', 'stopped', 'verifying', 'verified', 'unverified', 'failed']);
export type DownloadState = z.infer<typeof DownloadState>;

export const DownloadView = z.strictObject({
  version: z.string(),
  assetName: z.string(),
  state: DownloadState,
  receivedBytes: z.int().nonnegative(),
  totalBytes: z.int().nonnegative(),
  /** Where the finished file lies. Null until it is verified, or known to be unverifiable. */
  path: z.string().nullable(),
  error: ErrorView.nullable(),
});
export type DownloadView = z.infer<typeof DownloadView>;

export const UpdatesState = z.enum([
  'never_checked',
  'checking',
  'up_to_date',
  'available',
  'current_unknown',
  'not_signed_in',
  'rate_limited',
  'offline',
  'no_releases',
  'failed',
]);
export type UpdatesState = z.infer<typeof UpdatesState>;

export const UpdatesView = z.strictObject({
  state: UpdatesState,
  /** The Trackeep version the person runs; null until they say so. */
  currentVersion: z.string().nullable(),
  currentVersionFrom: z.enum(['environment', 'person']).nullable(),
  /** The newest release known, kept while later checks fail. */
  latest: ReleaseView.nullable(),
  updateAvailable: z.boolean(),
  prereleases: z.boolean(),
  /** The last check that reached the feed. */
  checkedAt: Time.nullable(),
  nextCheckAt: Time.nullable(),
  /** Since when the feed cannot be reached. */
  offlineSince: Time.nullable(),
  /** Until when the provider wants no request. */
  retryAt: Time.nullable(),
  error: ErrorView.nullable(),
  download: DownloadView.nullable(),
});
export type UpdatesView = z.infer<typeof UpdatesView>;

export const ScopeName = z.enum(SCOPE_NAMES);

/** A local program as it was seen from its connection. An observation, not a proof: programs can be started anew. */
export const ProcessView = z.strictObject({
  pid: z.int().positive(),
  name: z.string(),
  /** The executable. */
  path: z.string().nullable(),
  observedAt: Time,
});
export type ProcessView = z.infer<typeof ProcessView>;

/**
 * How a client came to be known: it registered itself (RFC 7591), it names an address that describes it (a client ID
 * metadata document), it is part of this product, or it stands in the configuration.
 */
export const ClientKind = z.enum(['dynamic', 'metadata_document', 'built_in', 'configured']);
export type ClientKind = z.infer<typeof ClientKind>;

/** One thing that a client was allowed: a grant, with all tokens that came of it. */
export const GrantView = z.strictObject({
  id: z.string(),
  /** Where its tokens are good (RFC 8707). */
  resource: z.url(),
  scopes: z.array(ScopeName),
  /** Where the browser took the answer; null for the device grant (RFC 8628). */
  redirectHost: z.string().nullable(),
  approvedAt: Time,
  lastUsedAt: Time.nullable(),
  /** When its last token ends unless it is used before. */
  expiresAt: Time,
  /** Until then the same request is answered without asking; null: it asks each time. */
  rememberedUntil: Time.nullable(),
});
export type GrantView = z.infer<typeof GrantView>;

/** One local program that registered with the issuer. */
export const ClientView = z.strictObject({
  id: z.string(),
  kind: ClientKind,
  /** What it calls itself: a claim. */
  name: z.string().nullable(),
  redirectHosts: z.array(z.string()),
  registeredAt: Time.nullable(),
  lastUsedAt: Time.nullable(),
  /** The program last seen to use it; null where that cannot be told. */
  process: ProcessView.nullable(),
  /** When it is forgotten unless it is used before; null: never. */
  forgottenAt: Time.nullable(),
  grants: z.array(GrantView),
});
export type ClientView = z.infer<typeof ClientView>;

export const ApprovalState = z.enum(['waiting', 'approved', 'denied', 'expired']);
export type ApprovalState = z.infer<typeof ApprovalState>;

/** A client that waits for the person's word. It never holds the number. */
export const ApprovalView = z.strictObject({
  id: z.uuid(),
  state: ApprovalState,
  /** `browser`: the number stands on the page in the browser; `device`: beside the code that was typed. */
  way: z.enum(['browser', 'device']),
  client: z.strictObject({
    id: z.string(),
    kind: ClientKind,
    /** A claim. */
    name: z.string().nullable(),
    registeredAt: Time.nullable(),
  }),
  /** Where the answer goes; null for the device grant. */
  redirectHost: z.string().nullable(),
  resource: z.url(),
  /** What it asks for now. */
  scopes: z.array(ScopeName),
  /** What it was allowed before and keeps. */
  held: z.array(ScopeName),
  process: ProcessView.nullable(),
  requestedAt: Time,
  expiresAt: Time,
  /** How many wrong numbers it bears before it is denied. */
  triesLeft: z.int().nonnegative(),
});
export type ApprovalView = z.infer<typeof ApprovalView>;

/** What the app as a whole is up to: a word, and the picture in the tray. */
export const Overall = z.enum(['ok', 'busy', 'needs_you', 'update']);
export type Overall = z.infer<typeof Overall>;

/** Something that waits for the person. The first in a list is the most pressing. */
export const Attention = z.strictObject({
  kind: z.enum(['vault', 'approval', 'first_connection', 'connection', 'sign_in_ends', 'update', 'current_version']),
  /** One short sentence: "GitHub needs you to sign in again." */
  text: z.string(),
  /** The page that settles it. */
  page: z.enum([
    'welcome',
    'approvals',
    'clients',
    'connections',
    'activity',
    'repositories',
    'pull-requests',
    'updates',
    'settings',
    'doctor',
  ]),
});
export type Attention = z.infer<typeof Attention>;

export const StatusView = z.strictObject({
  app: z.strictObject({
    version: z.string(),
    host: z.enum(['desktop', 'headless']),
    pid: z.int(),
    startedAt: Time,
    dataDir: z.string(),
    demo: z.boolean(),
  }),
  overall: Overall,
  attention: z.array(Attention),
  connections: z.array(ConnectionView),
  vault: VaultView,
  /** The issuer's identifier (RFC 8414), which is the listener's address, and the MCP server behind it. */
  issuer: z.strictObject({ address: z.url(), mcp: z.url() }),
  updates: z.strictObject({
    state: UpdatesState,
    currentVersion: z.string().nullable(),
    latestVersion: z.string().nullable(),
    checkedAt: Time.nullable(),
    nextCheckAt: Time.nullable(),
  }),
  tracking: z.strictObject({
    /** Pull requests that wait for the person. */
    waiting: z.int().nonnegative(),
    /** The first few of them. */
    first: z.array(
      z.strictObject({ repository: z.string(), number: z.int().positive(), title: z.string(), url: z.url() }),
    ),
  }),
});
export type StatusView = z.infer<typeof StatusView>;

/** A Trackeep of the person's own, where sign-ins may lead back to. */
export const TrackeepInstance = z.strictObject({
  origin: z
    .string()
    .max(300)
    .refine(
      (text) => canonicalOrigin(text) === text,
      'must be an origin such as https://keep.example.com or http://localhost:5173 (plain http is for this machine only)',
    ),
  /** Whether it gets the GitHub token itself, instead of a reference that only this app can resolve. */
  passGitHubToken: z.boolean(),
});
export type TrackeepInstance = z.infer<typeof TrackeepInstance>;

export const SettingsView = z.strictObject({
  /** Look for releases at launch and on schedule. */
  automaticChecks: z.boolean(),
  /** Between two scheduled checks; at least 15 minutes. */
  checkIntervalMs: z.int(),
  prereleases: z.boolean(),
  /** The Trackeep version the person runs. */
  currentVersion: z.string().nullable(),
  notifications: z.boolean(),
  /** Servers of the person's own, beside our own, that tokens may be issued for (RFC 8707). */
  resourceServers: z.array(z.string()),
  trackeepInstances: z.array(TrackeepInstance),
  tracking: TrackingSettings,
  /** Desktop only; null where the host cannot do it. */
  startAtLogin: z.boolean().nullable(),
  colorScheme: z.enum(['auto', 'light', 'dark']),
  /** Settings that the environment fixes for this run, with the name of the variable. */
  fixedBy: z.record(z.string(), z.string()),
});
export type SettingsView = z.infer<typeof SettingsView>;

const ResourceServer = z
  .string()
  .max(2048)
  .refine(
    (text) => canonicalResource(text) !== null,
    'must be an address such as http://127.0.0.1:7000/mcp or https://mcp.example.com',
  );

export const SettingsPatch = z
  .strictObject({
    automaticChecks: z.boolean(),
    checkIntervalMs: z
      .int()
      .min(15 * 60_000)
      .max(30 * 24 * 3_600_000),
    prereleases: z.boolean(),
    currentVersion: z.string().trim().min(1).max(64).nullable(),
    notifications: z.boolean(),
    resourceServers: z.array(ResourceServer).max(50),
    trackeepInstances: z.array(TrackeepInstance).max(50),
    /** What of it is named; the rest stays. */
    tracking: TrackingSettings.partial(),
    startAtLogin: z.boolean(),
    colorScheme: z.enum(['auto', 'light', 'dark']),
  })
  .partial();
export type SettingsPatch = z.infer<typeof SettingsPatch>;

export const Check = z.strictObject({
  id: z.string(),
  title: z.string(),
  /** `safe` and `unsafe` are claims that were tested; `inconclusive` says why none can be made. */
  verdict: z.enum(['safe', 'unsafe', 'inconclusive']),
  detail: z.string(),
  remedy: z.string().nullable(),
});
export type Check = z.infer<typeof Check>;

export const DoctorView = z.strictObject({ checkedAt: Time, verdict: Check.shape.verdict, checks: z.array(Check) });
export type DoctorView = z.infer<typeof DoctorView>;

export const NoticeView = z.strictObject({
  kind: z.enum(['info', 'success', 'warning']),
  title: z.string(),
  body: z.string(),
  page: Attention.shape.page.nullable(),
});
export type NoticeView = z.infer<typeof NoticeView>;
