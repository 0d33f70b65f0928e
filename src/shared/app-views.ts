/**
 * What a person can see: plain data, the same on the window, the web UI and the command line. No view ever holds a
 * token, a secret, a passphrase or a key. Times are ISO 8601 in UTC, sizes are bytes, durations are ms. Here is what is seen
 * of the app itself; the views of each subject have a file of their own.
 */
import { z } from 'zod';
import { ConnectionView } from './connection-views.ts';
import { ErrorView } from './errors.ts';
import { UpdatesState } from './release-views.ts';

const Time = z.iso.datetime();

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
