/**
 * The contract: everything a person can see and do, in one map. It is implemented once (src/main/control) and reached
 * through three doors; the types of all of them are derived from this map, so none can fall out of step.
 */

import { z } from 'zod';
import { DoctorView, NoticeView, StatusView, VaultView } from './app-views.ts';
import { ApprovalView, ClientView } from './client-views.ts';
import {
  AuditView,
  ConnectionView,
  DisconnectView,
  ExportView,
  FlowView,
  GitHubAppView,
  Platform,
  ProviderView,
  SignInWay,
} from './connection-views.ts';
import { HOUR_MS } from './durations.ts';
import { command, type Door, query } from './procedure.ts';
import { UpdatesView } from './release-views.ts';
import { SettingsPatch, SettingsView } from './settings-views.ts';
import { trackingContract } from './tracking-contract.ts';
import { TrackingView } from './tracking-views.ts';

const None = z.strictObject({});
const Done = z.strictObject({});
const GitAddress = z.strictObject({
  host: z.string().min(1).max(256),
  path: z.string().max(1024).nullable(),
  username: z.string().max(256).optional(),
});
const Id = z.strictObject({ id: z.uuid() });
/** A registered client's id is ours; one that is an address may be long. */
const ClientId = z.string().min(1).max(2048);
const ApprovalNumber = z.int().min(10).max(99);
const LONGEST_REMEMBERED_MS = 90 * 24 * HOUR_MS;

export type { Door };

export const contract = {
  'status.get': query(None, StatusView),

  'providers.list': query(None, z.array(ProviderView)),
  /** Sets the person's own app for a provider. A secret of null forgets the stored one; leaving it out keeps it. */
  'providers.configure': command(
    z.strictObject({
      platform: Platform,
      clientId: z.string().trim().min(1).max(128),
      clientSecret: z.string().trim().min(1).max(512).nullable().optional(),
    }),
    ProviderView,
  ),

  'connections.list': query(None, z.array(ConnectionView)),
  'connections.begin': command(z.strictObject({ platform: Platform, way: SignInWay }), FlowView),
  /** The sign-ins that wait for the person now, so that a page that was reloaded finds its dialog again. */
  'connections.flows': query(None, z.array(FlowView)),
  'connections.flow': query(Id, FlowView),
  'connections.cancel': command(Id, FlowView),
  /** Renews the account's token now; answers within 30 s. */
  'connections.refresh': command(Id, ConnectionView),
  'connections.disconnect': command(Id, DisconnectView),

  'githubApps.list': query(None, z.array(GitHubAppView)),
  /**
   * Begins GitHub's app manifest flow: the answer is a page of ours that takes the person to GitHub, where they confirm.
   * What comes back, secrets and private key, goes straight into the vault.
   */
  'githubApps.create': command(
    z.strictObject({
      name: z.string().trim().min(1).max(34),
      /** The organisation that shall own it; null: the person. */
      organisation: z.string().trim().min(1).max(39).nullable(),
    }),
    z.strictObject({ url: z.url() }),
  ),
  /** Takes over an existing app by its number and private key (PEM). The key goes in; nothing gives it out again. */
  'githubApps.import': command(
    z.strictObject({ appId: z.string().regex(/^\d{1,20}$/), privateKey: z.string().min(1).max(20_000) }),
    GitHubAppView,
  ),
  /** Asks GitHub for the app's installations and makes each a connection; those that are gone, go. */
  'githubApps.sync': command(z.strictObject({ id: z.string().min(1).max(20) }), GitHubAppView),
  /** Forgets the app with its key and its connections. It stays at GitHub, where the person deletes it. */
  'githubApps.remove': command(z.strictObject({ id: z.string().min(1).max(20) }), Done),

  /** Who was handed a token, the newest first. */
  'audit.list': query(
    z.strictObject({
      before: z.int().positive().optional(),
      limit: z.int().min(1).max(500).optional(),
      /** Only tokens of this connection, which may be gone by now. */
      connectionId: z.uuid().optional(),
    }),
    z.array(AuditView),
  ),

  'exports.list': query(None, z.array(ExportView)),
  /** Keeps the connection's token in a file that only this user can read, or in the GitHub CLI, until it is removed. */
  'exports.add': command(
    z.strictObject({
      connectionId: z.uuid(),
      to: z.enum(['env_file', 'gh']),
      /** Absolute; for a file only. */
      path: z.string().min(1).max(4096).nullable(),
    }),
    ExportView,
    ['socket'],
  ),
  'exports.remove': command(z.strictObject({ connectionId: z.uuid(), to: z.enum(['env_file', 'gh']) }), Done, [
    'socket',
    'window',
    'web',
  ]),

  /** The clients that wait for the person's word, the oldest first. */
  'approvals.list': query(None, z.array(ApprovalView)),
  /** Three numbers to choose from; one of them stands on the page in the browser. Only where a person looks. */
  'approvals.numbers': query(Id, z.strictObject({ numbers: z.array(ApprovalNumber).length(3) }), ['window', 'web']),
  /** Approves, if the number is the one on the page in the browser. A second wrong one denies. */
  'approvals.approve': command(
    z.strictObject({
      id: z.uuid(),
      number: ApprovalNumber,
      /** How long the same request is answered without asking again, ms; null: not at all. */
      rememberMs: z.int().min(HOUR_MS).max(LONGEST_REMEMBERED_MS).nullable(),
    }),
    ApprovalView,
  ),
  'approvals.deny': command(Id, ApprovalView),

  'clients.list': query(None, z.array(ClientView)),
  /** Ends one grant of a client or, without a grant's id, all of them: their tokens stop working at once. */
  'clients.revoke': command(z.strictObject({ id: ClientId, grantId: z.string().max(64).optional() }), ClientView),
  /** Ends every grant of every client. */
  'clients.revokeAll': command(None, z.strictObject({ grants: z.int().nonnegative() })),
  /** Ends a client's grants and forgets it: to come back, it registers and asks anew. */
  'clients.remove': command(z.strictObject({ id: ClientId }), Done),
  /** Makes new signing keys; tokens signed with the old ones stay good until they end. */
  'clients.rotateKeys': command(None, z.strictObject({ keyIds: z.array(z.string()) }), ['window', 'socket']),

  /** A working token, for programs of the same user on this machine. Never through the window or the web. */
  'tokens.get': query(
    z.strictObject({
      platform: Platform,
      account: z.string().min(1).max(256).optional(),
      /** Names of repositories that the token shall be good for; an app installation's only. */
      repositories: z.array(z.string().min(1).max(200)).min(1).max(500).optional(),
      permissions: z.record(z.string().max(64), z.enum(['read', 'write', 'admin'])).optional(),
    }),
    z.strictObject({
      token: z.string(),
      login: z.string(),
      host: z.string(),
      expiresAt: z.iso.datetime().nullable(),
      connectionId: z.uuid(),
    }),
    ['socket'],
  ),

  /** Which connection git gets a token of for an address, and why: the first that fits best. No token. */
  'credentials.explain': query(
    GitAddress,
    z.strictObject({
      connectionId: z.uuid().nullable(),
      candidates: z.array(
        z.strictObject({ connectionId: z.uuid(), account: z.string(), fits: z.boolean(), reason: z.string() }),
      ),
    }),
  ),

  /** A working token of that connection, for git. Null: none fits. */
  'credentials.get': query(
    GitAddress,
    z.strictObject({ token: z.string(), expiresAt: z.iso.datetime().nullable() }).nullable(),
    ['socket'],
  ),

  'updates.get': query(None, UpdatesView),
  'updates.check': command(None, UpdatesView),
  /** Starts, or goes on with, the download of the latest release's asset. Answers at once; progress comes as events. */
  'updates.download': command(None, UpdatesView),
  /** Stops the download; what has arrived is kept and the next one goes on from there. */
  'updates.stop': command(None, UpdatesView),
  /** Deletes what was downloaded. */
  'updates.discard': command(None, UpdatesView),
  /** Shows the downloaded file in the file manager. */
  'updates.reveal': command(None, Done, ['window']),

  ...trackingContract,

  'settings.get': query(None, SettingsView),
  'settings.set': command(SettingsPatch, SettingsView),

  /** Tries the key source again; with a passphrase, opens a vault that is protected by one. */
  'vault.unlock': command(z.strictObject({ passphrase: z.string().min(1).max(1024).optional() }), VaultView),
  'vault.rotate': command(None, z.strictObject({ records: z.int().nonnegative() }), ['window', 'socket']),

  'doctor.run': query(None, DoctorView),

  /** Shows the window; headless, answers with a one-time link into the web UI. */
  'app.open': command(None, z.strictObject({ url: z.url().nullable() }), ['socket']),
  'app.quit': command(None, Done, ['window', 'socket']),
} as const;

export type Contract = typeof contract;
export type ProcedureName = keyof Contract;
/** The procedures that only read. */
export type QueryName = { [N in ProcedureName]: Contract[N]['kind'] extends 'query' ? N : never }[ProcedureName];
export type Input<N extends ProcedureName> = z.input<Contract[N]['input']>;
export type ParsedInput<N extends ProcedureName> = z.output<Contract[N]['input']>;
export type Output<N extends ProcedureName> = z.output<Contract[N]['output']>;

/** Whether `name` is a procedure of the contract. */
export function isProcedure(name: string): name is ProcedureName {
  return Object.hasOwn(contract, name);
}

/** The one event stream. An event carries the whole new view, so a listener never has to put pieces together. */
export const events = {
  status: StatusView,
  connections: z.array(ConnectionView),
  approvals: z.array(ApprovalView),
  clients: z.array(ClientView),
  flow: FlowView,
  updates: UpdatesView,
  tracking: TrackingView,
  settings: SettingsView,
  notice: NoticeView,
} as const;

export type EventName = keyof typeof events;
export type ContractEvent = { [N in EventName]: { event: N; data: z.output<(typeof events)[N]> } }[EventName];

/** What the renderer and the CLI hold: one way to call, one way to listen, whichever door lies behind it. */
export interface ContractClient {
  call<N extends ProcedureName>(name: N, input: Input<N>): Promise<Output<N>>;
  /** Calls `listener` for every event until the returned function is called. */
  subscribe(listener: (event: ContractEvent) => void): () => void;
}
