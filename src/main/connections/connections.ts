import type { Octokit } from '@octokit/core';
import type { Check } from '../../shared/app-views.ts';
import type {
  AuditView,
  ConnectionView,
  DisconnectView,
  ExportView,
  FlowView,
  GitHubAppView,
  Platform,
  ProviderView,
  SignInWay,
} from '../../shared/connection-views.ts';
import type { ErrorView } from '../../shared/errors.ts';
import type { Prepare } from '../storage/store.ts';

/** A request to a provider's REST API. */
export interface ApiRequest {
  /** GET unless told. */
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** From the root of the API, with its query. */
  path: string;
  /** Sent as JSON. */
  body?: unknown;
}

/** GitHub counts requests to its REST API and questions to its GraphQL API apart. */
export type BudgetResource = 'core' | 'graphql';
export type Budget = Partial<Record<BudgetResource, { limit: number; remaining: number; resetAt: number }>>;

/** A token in use inside main. It never becomes part of a view. */
export interface UsableToken {
  token: string;
  connectionId: string;
  login: string;
  host: string;
  /** ms since the epoch; null: it does not expire. */
  expiresAt: number | null;
  /** As the provider granted them; empty where it grants permissions instead. */
  scopes: string[];
}

/** A token, with what programs know its account by. */
export interface OrganisationToken extends UsableToken {
  orgId: string;
  /** As `expiresAt`, in ISO 8601: the log and the answer name it so, and to write it takes as long as to find a row. */
  expiry: string | null;
}

/** Who asks for a token: told in the audit log, and to the person. */
export type Requester = AuditView['requester'];

/** Whether somebody may have a token, by what the database says. */
export type IsAllowed = (prepare: Prepare) => boolean;

/** Less than the connection may do: an app installation's tokens can be cut down, a person's cannot. */
export interface Narrowing {
  /** Names, without the owner. Null: all that the installation covers. */
  repositories: string[] | null;
  permissions: Record<string, 'read' | 'write' | 'admin'> | null;
}

/** Every token that was handed out, in a log that shows when it was changed. */
export interface AuditLog {
  /**
   * The newest first.
   * @param page before: a number, only what is older; connectionId: only tokens of that connection, also of one that is
   *   gone
   */
  list(page: { before?: number; limit?: number; connectionId?: string }): Promise<AuditView[]>;
  /** For `doctor`: goes through the whole log and says where it was edited or cut. */
  check(): Promise<Check[]>;
}

/** GitHub Apps of the person's own and their installations. */
export interface GitHubApps {
  list(): Promise<GitHubAppView[]>;
  /** @returns the page of ours that takes the person to GitHub. @throws AppError a vault code */
  create(input: { name: string; organisation: string | null }): Promise<{ url: string }>;
  /** @throws AppError `bad_input` for what is no private key, `provider_refused_client` if GitHub does not take it */
  import(input: { appId: string; privateKey: string }): Promise<GitHubAppView>;
  /** @throws AppError `not_found`, `provider_refused_client`, or passing trouble */
  sync(id: string): Promise<GitHubAppView>;
  /** @throws AppError `not_found`, `bad_input` for one that the environment sets */
  remove(id: string): Promise<void>;
  /**
   * Whether GitHub still takes what the app signs.
   * @throws AppError `not_found`, `provider_refused_client`, `config_invalid`, a vault code, or passing trouble
   */
  check(id: string): Promise<void>;
  /** What the page that `create` answered shows. @throws AppError `not_found` once its time is over */
  registration(id: string): AppRegistration;
  /**
   * GitHub sent the browser back from making an app.
   * @throws AppError `state_invalid` for what is not, or no longer, ours; `access_denied`, `code_expired`, `forbidden`,
   *   a vault code, or passing trouble, after which the same address may be loaded again
   */
  callback(parameters: URLSearchParams): Promise<GitHubAppView>;
  /**
   * GitHub sent the browser back from installing an app. Only GitHub's own word makes it a connection.
   * @returns the account it is installed in; null where that could not be found out
   */
  installed(installationId: string): Promise<string | null>;
  /** Whether any of the apps has a secret for its webhooks; known while the vault is closed, too. */
  hasWebhookSecrets(): Promise<boolean>;
  /** What GitHub signs the webhooks of the apps with. For checking signatures only. @throws AppError a vault code */
  webhookSecrets(): Promise<string[]>;
}

/** A form that takes the person to GitHub, where they make the app. */
export interface AppRegistration {
  name: string;
  organisation: string | null;
  /** GitHub's. */
  origin: string;
  /** Where the form is posted. */
  action: string;
  /** JSON, for the field `manifest`. */
  manifest: string;
}

/** Tokens kept current outside the vault, because the person asked for it. */
export interface Exports {
  list(): Promise<ExportView[]>;
  /**
   * @throws AppError `not_connected`; `bad_input` for a file of somebody else's, a path that is not absolute, or where
   *   there is no `gh`; `disk_full`, `data_folder_unusable`, `provider_error`, or as `Connections.token`
   */
  add(input: { connectionId: string; to: 'env_file' | 'gh'; path: string | null }): Promise<ExportView>;
  /** @throws AppError `not_found`, or why it cannot be taken away */
  remove(input: { connectionId: string; to: 'env_file' | 'gh' }): Promise<void>;
}

/** What git says of a repository (gitcredentials(7)). */
export interface GitAddress {
  /** With its port, where there is one. */
  host: string;
  /** What stands after the host, such as acme/garden.git; null where git does not tell (credential.useHttpPath is off). */
  path: string | null;
  /** Whose access it asks for, as in https://octocat@github.com/acme/garden. */
  username?: string | undefined;
}

/** Which connection git gets a token of. */
export interface CredentialChoice {
  connectionId: string | null;
  candidates: { connectionId: string; account: string; fits: boolean; reason: string }[];
}

/** A connection as programs outside the app are told of it. Times are ms since the epoch. */
export interface InstallationRecord {
  connectionId: string;
  platform: Platform;
  host: string;
  /** The provider's id of the organisation, or else of the account. */
  orgId: string;
  orgName: string;
  externalInstallationId: string | null;
  login: string;
  state: 'ok' | 'needs_reconnect';
  accessExpiresAt: number | null;
  scopes: string[];
  permissions: Record<string, string>;
  installedBy: string;
  createdAt: number;
  updatedAt: number;
}

/** The OAuth client side of the house: providers, sign-ins, connected accounts and their tokens. */
export interface Connections {
  providers(): Promise<ProviderView[]>;
  /**
   * Sets the person's own app for a provider, after asking the provider whether it knows it. One that cannot be reached
   * is not asked, and the app is kept.
   * @param input a secret of null forgets the stored one; left out, it stays for as long as the client ID does
   * @throws AppError `bad_input` where the environment sets it, `provider_refused_client`, `device_flow_disabled`, or a
   *   vault code
   */
  configure(input: { platform: Platform; clientId: string; clientSecret?: string | null }): Promise<ProviderView>;
  /** Every account, whatever its state: a closed vault is a state too. */
  list(): Promise<ConnectionView[]>;
  /**
   * Begins a sign-in; an earlier one of the same way that still waits is cancelled. Its end is announced on the bus.
   * @throws AppError `provider_not_configured`, a vault code, or why the provider gave no code
   */
  begin(input: { platform: Platform; way: SignInWay }): Promise<FlowView>;
  /** The sign-ins that wait for the person now. */
  flows(): FlowView[];
  /** One that waits, or that ended less than ten minutes ago. @throws AppError `not_found` */
  flow(id: string): FlowView;
  /** @returns how it ended, which is otherwise if it had just ended. @throws AppError `not_found` */
  cancel(id: string): Promise<FlowView>;
  /**
   * The provider sent the browser back (RFC 6749 §4.1.2). Never throws: a forged or stale callback answers its error
   * and ends no flow.
   */
  callback(platform: string, parameters: URLSearchParams): Promise<FlowView | { error: ErrorView }>;
  /**
   * Renews the account's token now, or asks the provider whether it still accepts one that cannot be renewed.
   * @throws AppError `not_connected`, `needs_reconnect`, `rate_limited`, a vault code, or the provider's trouble
   */
  refresh(id: string): Promise<ConnectionView>;
  /**
   * Forgets the account here, and ends its token at the provider where that can be done; the answer says which.
   * @throws AppError `not_connected`
   */
  disconnect(id: string): Promise<DisconnectView>;
  /**
   * A working token, refreshed first where it must be.
   * @param account login, or host/login where several hosts are connected; may be left out when there is one account
   * @param requester who gets it: the audit row is committed with the hand-out, and without it there is no token
   * @param narrowing for an app installation's token only
   * @throws AppError `not_connected`, `account_ambiguous`, `needs_reconnect`, `bad_input` for a token that cannot be
   *   narrowed, a vault code, or the provider's trouble
   */
  token(
    platform: Platform,
    account: string | undefined,
    requester: Requester,
    narrowing?: Narrowing,
  ): Promise<UsableToken>;
  /**
   * As `token`, of a connection that is known already.
   * @throws AppError as `token`
   */
  tokenOf(connectionId: string, requester: Requester, narrowing?: Narrowing): Promise<UsableToken>;
  /**
   * As `tokenOf`, of the connection that `ofOrganisation` would answer, in one step: what programs ask all the time.
   * @param isAllowed asked within the transaction of the audit log's row
   * @returns null where there is more to it than to write it down, and then nobody got anything: ask `ofOrganisation`
   * @throws AppError `not_found` for no provider, `disk_full`, `data_folder_unusable`, a vault code
   */
  tokenOfOrganisation(
    platform: Platform,
    orgId: string | null,
    requester: Requester,
    isAllowed: IsAllowed,
  ): Promise<OrganisationToken | null>;
  /** Every connection, the longest connected one first. @param platform null: of all providers */
  records(platform: Platform | null): Promise<InstallationRecord[]>;
  /**
   * The connections at the provider set up now that a program can mean by an id, a hundred at most; mostly it is one.
   * @param orgId the provider's id of an account or organisation, or a connection's own; null: any
   */
  ofOrganisation(platform: Platform, orgId: string | null): Promise<InstallationRecord[]>;
  /** Which connection fits an address of a git repository, and why. */
  explain(address: GitAddress): Promise<CredentialChoice>;
  readonly githubApps: GitHubApps;
  readonly audit: AuditLog;
  readonly exports: Exports;
  /**
   * Asks the provider whether it accepts the account's token, renewing one that it refuses.
   * @throws AppError `not_connected`, `needs_reconnect`, `rate_limited`, a vault code, or passing trouble
   */
  verify(id: string): Promise<void>;
  /**
   * A request to the REST API of Atlassian or Slack in the name of a connection, authorized and within the provider's
   * limits; GitHub's go through `github`. An answer that a dead token gets as well is not believed before the provider
   * was asked about the token.
   * @returns the data of the answer
   * @throws AppError `not_connected`, `not_found`, `forbidden`, `rate_limited` with `retryAt`, `needs_reconnect`,
   *   `bad_input` for what is no path, a vault code, or passing trouble
   */
  request(id: string, request: ApiRequest): Promise<unknown>;
  /**
   * GitHub's REST client for one connection (the first healthy one if none is named): authorized, retrying, throttled
   * by what GitHub says, conditional by ETag. Its requests reject with AppErrors: `not_found` (404), `rate_limited` with
   * `retryAt`, `needs_reconnect`, `sso_required` with `url`, `forbidden`, `offline`, `tls_untrusted`, `provider_error`
   * (5xx, HTML, and everything else), or a vault code; the `cause` of one that GitHub answered is Octokit's RequestError.
   * @throws AppError `not_connected`
   */
  github(connectionId?: string): Promise<Octokit>;
  /**
   * As `github`, for a token that somebody brought along, and not for a connection of ours.
   * @throws AppError `needs_reconnect` for what is no token; its requests reject with the same where GitHub refuses it
   */
  githubWith(token: string): Promise<Octokit>;
  /**
   * What is left of the hourly limits that GitHub counts an account's requests by, as its last answers told: nothing of
   * a resource that was not asked for since the app started, or whose hour is over.
   */
  budget(connectionId: string): Promise<Budget>;
  /** Starts background refresh. */
  start(): void;
  /** Cancels waiting flows and lets a refresh under way finish its write. */
  stop(): Promise<void>;
}
