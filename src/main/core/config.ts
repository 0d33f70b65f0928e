import { z } from 'zod';
import { canonicalOrigin } from '../../shared/origins.ts';
import { canonicalResource, isLoopbackHost } from '../../shared/resources.ts';
import { resolveDataDir } from './default-data-dir.ts';
import { AppError } from './errors.ts';
import { parseGoDuration } from './go-duration.ts';
import { createRedactor } from './redact.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** What the documentation says of a setting; kept on the schema itself, so that the two cannot fall out of step. */
interface Meaning {
  meaning: string;
  /** As a person would write it; none: the setting is unset by default. */
  default?: string;
  /** The flag of `trackeep serve` that wins over the variable. */
  flag?: string;
  /** A secret's value is never shown, not even in the message that it is wrong. */
  secret?: true;
}

const documentation = z.registry<Meaning>();

function setting<T extends z.ZodType>(schema: T, meaning: Meaning): z.ZodOptional<T> {
  const optional = schema.optional();
  documentation.add(optional, meaning);
  return optional;
}

const YES = ['true', '1', 'yes'];
const NO = ['false', '0', 'no'];
const yesOrNo = z
  .string()
  .toLowerCase()
  .refine((text) => YES.includes(text) || NO.includes(text), 'must be true or false (or 1, 0, yes, no)')
  .transform((text) => YES.includes(text));

const word = (name: string, longest: number) =>
  z
    .string()
    .max(longest, `is longer than ${longest} characters`)
    .regex(/^[\x21-\x7e]+$/, `is not ${name}: it holds a space or a character outside ASCII`);

const port = z
  .string()
  .regex(/^\d{1,5}$/, 'must be a whole number')
  .transform(Number)
  .refine((value) => value <= 65_535, 'must be between 0 and 65535 (0 takes any free port)');

/** @param read answers the value, or throws a RangeError that says what is wrong with the text */
function readBy<T>(read: (text: string) => T) {
  return z.string().transform((text, context) => {
    try {
      return read(text);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      context.addIssue(error.message);
      return z.NEVER;
    }
  });
}

const interval = readBy((text) => {
  const ms = parseGoDuration(text);
  if (ms === null) throw new RangeError('must be a duration such as 24h, 1h30m or 90m');
  if (ms < 15 * MINUTE_MS) throw new RangeError('must be at least 15m');
  if (ms > 30 * DAY_MS) throw new RangeError('must be at most 720h');
  return ms;
});

/** A base address without a slash at its end. Plain http only to this machine: everything else would show tokens. */
const address = readBy((text) => {
  const url = URL.parse(text);
  if (url === null || !['https:', 'http:'].includes(url.protocol)) {
    throw new RangeError('must be an address such as https://github.example.com');
  }
  if (url.protocol === 'http:' && !isLoopbackHost(url.hostname)) {
    throw new RangeError('must start with https:// (plain http is for this machine only)');
  }
  if (url.username || url.password) throw new RangeError('must not hold a user name or password');
  if (url.search || url.hash) throw new RangeError('must not hold a query or fragment');
  return url.href.replace(/\/+$/, '');
});

/** @param least the shortest that is taken, ms */
const lifetime = (least: number, leastText: string, most: number, mostText: string) =>
  readBy((text) => {
    const ms = parseGoDuration(text);
    if (ms === null) throw new RangeError('must be a duration such as 168h, 90m or 10s');
    if (ms < least) throw new RangeError(`must be at least ${leastText}`);
    if (ms > most) throw new RangeError(`must be at most ${mostText}`);
    return ms;
  });

const resources = readBy((text) =>
  text.split(/[\s,]+/).map((part) => {
    const resource = canonicalResource(part);
    if (resource === null) {
      throw new RangeError('must be addresses such as http://127.0.0.1:7000/mcp, separated by commas');
    }
    return resource;
  }),
);

const hostNames = readBy((text) =>
  text.split(/[\s,]+/).map((part) => {
    if (!/^[a-z0-9.-]+(?::\d{1,5})?$/i.test(part)) throw new RangeError('must be host names, separated by commas');
    return part.toLowerCase();
  }),
);

/** A secret that other programs must not guess; short ones and those of examples are the ones that get guessed. */
const sharedSecret = word('a token', 512).refine(
  (text) => text.length >= 32 && new Set(text).size >= 10,
  'must be at least 32 random characters; make one with: openssl rand -hex 32',
);

const origin = readBy((text) => {
  const canonical = canonicalOrigin(text);
  if (canonical === null) {
    throw new RangeError('must be an origin such as https://keep.example.com (plain http is for this machine only)');
  }
  return canonical;
});

/** Whole origins, or `*` alone: an origin beside it, or one with a star in it, would mean less than its author believes. */
const origins = readBy((text): '*' | string[] => {
  if (text === '*') return '*';
  return text.split(/[\s,]+/).map((part) => {
    const canonical = canonicalOrigin(part);
    if (canonical === null) {
      throw new RangeError('must be origins such as https://keep.example.com, separated by commas, or * alone');
    }
    return canonical;
  });
});

/** What examples and templates say where a secret belongs. */
const PLACEHOLDER = /your[-_ ]|change[-_ ]?(?:me|this|in)|example|placeholder|super[-_ ]?secret/i;

/** A key for HS256, which must be as long as the hash (RFC 7518 §3.2): whoever guesses it can sign in as anybody. */
const hmacSecret = z
  .string()
  .max(512, 'is longer than 512 characters')
  .refine(
    (text) => Buffer.byteLength(text) >= 32,
    'is shorter than 32 bytes, and so can be guessed from any token it signed; make one with: openssl rand -hex 32',
  )
  .refine(
    (text) => new Set(text).size >= 10 && !PLACEHOLDER.test(text),
    'is no random value but an example, which anybody can look up; make one with: openssl rand -hex 32',
  );

/** Every environment variable that is read, with what it means. The one source of --help, doctor and README. */
const Environment = z.object({
  TRACKEEP_DATA: setting(
    z
      .string()
      .min(1, 'is empty')
      .refine((path) => !path.includes('\0'), 'holds a NUL character'),
    { meaning: 'The data folder.', default: 'see “Where data lives”', flag: '--data' },
  ),
  TRACKEEP_PORT: setting(port, {
    meaning: 'The port of the loopback listener; 0 takes any free one.',
    default: '9090',
    flag: '--port',
  }),
  TRACKEEP_VAULT: setting(z.enum(['keychain', 'passphrase', 'file'], 'must be keychain, passphrase or file'), {
    meaning: 'Where the master key is kept: the keychain of the system, a passphrase, or a file in the data folder.',
    default: 'keychain',
    flag: '--vault',
  }),
  TRACKEEP_VAULT_PASSPHRASE: setting(z.string(), {
    meaning: 'The passphrase of the vault. Without it, the terminal or the web UI asks.',
    secret: true,
  }),
  TRACKEEP_LOG_LEVEL: setting(z.enum(['debug', 'info', 'warn', 'error'], 'must be debug, info, warn or error'), {
    meaning: 'The least important lines that are logged: debug, info, warn or error.',
    default: 'info',
  }),
  APP_VERSION: setting(word('a version', 64), {
    meaning: 'The Trackeep version you run, which releases are compared with.',
  }),
  AUTO_UPDATE_CHECK: setting(yesOrNo, { meaning: 'Whether to look for releases at launch and on schedule.' }),
  UPDATE_CHECK_INTERVAL: setting(interval, {
    meaning: 'The time between two checks, as a Go duration; at least 15m.',
  }),
  PRERELEASE_UPDATES: setting(yesOrNo, { meaning: 'Whether prereleases count as updates.' }),
  GITHUB_CLIENT_ID: setting(word('a client ID', 128), { meaning: 'The client ID of your GitHub App or OAuth app.' }),
  GITHUB_CLIENT_SECRET: setting(word('a client secret', 512), {
    meaning: 'Its client secret; with one, you can also sign in through the browser.',
    secret: true,
  }),
  GITHUB_URL: setting(address, {
    meaning: 'Where GitHub is, for GitHub Enterprise Server.',
    default: 'https://github.com',
  }),
  GITHUB_API_URL: setting(address, {
    meaning: 'Where its REST API is.',
    default: 'https://api.github.com, or GITHUB_URL/api/v3',
  }),
  GITHUB_APP_ID: setting(z.string().regex(/^\d{1,20}$/, 'must be the number of a GitHub App'), {
    meaning: 'The number of a GitHub App of your own, whose installations give tokens.',
  }),
  GITHUB_APP_INSTALLATION_ID: setting(z.string().regex(/^\d{1,20}$/, 'must be the number of an installation'), {
    meaning: 'Its only installation to use.',
    default: 'all of them',
  }),
  GITHUB_APP_PRIVATE_KEY_PATH: setting(z.string().min(1, 'is empty'), {
    meaning: 'The file with its private key (PEM). Only you may be able to read it.',
  }),
  JIRA_CLIENT_ID: setting(word('a client ID', 128), {
    meaning: 'The client ID of your Atlassian OAuth 2.0 (3LO) app.',
  }),
  JIRA_CLIENT_SECRET: setting(word('a client secret', 512), {
    meaning: 'Its client secret; Atlassian signs nobody in without one.',
    secret: true,
  }),
  JIRA_AUTH_URL: setting(address, {
    meaning: 'Where Atlassian signs people in.',
    default: 'https://auth.atlassian.com',
  }),
  JIRA_API_URL: setting(address, {
    meaning: 'Where the REST APIs of Jira and Confluence are.',
    default: 'https://api.atlassian.com',
  }),
  SLACK_CLIENT_ID: setting(word('a client ID', 128), { meaning: 'The client ID of your Slack app.' }),
  SLACK_CLIENT_SECRET: setting(word('a client secret', 512), {
    meaning: 'Its client secret; a Slack app with PKCE switched on needs none.',
    secret: true,
  }),
  SLACK_URL: setting(address, {
    meaning: 'Where Slack and its Web API are.',
    default: 'https://slack.com',
  }),
  HQ_URL: setting(address, {
    meaning: 'Where Trackeep HQ signs people in.',
    default: 'https://hq.trackeep.org',
  }),
  HQ_API_URL: setting(address, { meaning: 'Where its API is.', default: 'the same as HQ_URL' }),
  JWT_SECRET: setting(hmacSecret, {
    meaning: 'The key of Trackeep’s session tokens (HS256), the same as in your Trackeep; at least 32 bytes.',
    secret: true,
  }),
  OAUTH_JWT_SECRET: setting(hmacSecret, {
    meaning: 'The key of the short-lived tokens that sign-ins end with (HS256); at least 32 bytes.',
    secret: true,
  }),
  FRONTEND_URL: setting(origin, {
    meaning: 'Your Trackeep, where sign-ins lead back to; it gets no GitHub token.',
  }),
  CORS_ALLOWED_ORIGINS: setting(origins, {
    meaning:
      'Web pages that may call the routes for Trackeep, as origins separated by commas; * is all, for routes that need a token.',
    default: 'no page',
  }),
  ACCESS_TOKEN_TTL: setting(lifetime(1000, '1s', 30 * DAY_MS, '720h'), {
    meaning: 'How long an access token of the issuer is good.',
    default: '168h',
  }),
  REFRESH_TOKEN_TTL: setting(lifetime(1000, '1s', 365 * DAY_MS, '8760h'), {
    meaning: 'How long a refresh token is good; each use gives a new one with the full time.',
    default: '720h',
  }),
  REFRESH_TOKEN_GRACE: setting(lifetime(0, '0s', MINUTE_MS, '1m'), {
    meaning: 'How long a used refresh token still gets its own successor once more, for clients that crash; 0s is off.',
    default: '10s',
  }),
  REGISTRATIONS_PER_HOUR: setting(
    z
      .string()
      .regex(/^\d{1,6}$/, 'must be a whole number')
      .transform(Number),
    { meaning: 'How many clients one source may register within an hour; 0 switches registration off.', default: '20' },
  ),
  CLIENT_METADATA_DOCUMENTS: setting(yesOrNo, {
    meaning: 'Whether a client may be named by the address of a document that describes it.',
    default: 'true',
  }),
  CLIENT_METADATA_PRIVATE_HOSTS: setting(hostNames, {
    meaning: 'Hosts in private networks that such documents may come from; all others must have public addresses.',
  }),
  INTROSPECTION_TOKEN: setting(sharedSecret, {
    meaning: 'What resource servers present to ask about tokens (RFC 7662); without it nobody can.',
    secret: true,
  }),
  OAUTH_CLIENTS_FILE: setting(z.string().min(1, 'is empty'), {
    meaning: 'A JSON file of clients with secrets; see docs/issuer.md. Only you may be able to read it.',
  }),
  TRACKEEP_RESOURCE_SERVERS: setting(resources, {
    meaning: 'Servers of your own that tokens may be issued for, separated by commas.',
  }),
  OAUTH_CALLBACK_BASE: setting(address, {
    meaning:
      'What the callback addresses of sign-ins start with, where a proxy stands before the listener. It must send the listener’s own address as Host.',
  }),
});

type SettingName = keyof typeof Environment.shape;

/** One row of the configuration table. */
export interface DocumentedSetting {
  name: string;
  meaning: string;
  default: string | null;
  flag: string | null;
  secret: boolean;
}

/** Every setting of the environment, for the README, `--help` and doctor. */
export function documentedSettings(): DocumentedSetting[] {
  return Object.keys(Environment.shape).map((name) => {
    const { meaning, default: usual = null, flag = null, secret = false } = meaningOf(name as SettingName);
    return { name, meaning, default: usual, flag, secret };
  });
}

/** The flags of `trackeep serve`, as typed. Each wins over its variable. */
export interface ConfigFlags {
  data?: string | undefined;
  port?: string | undefined;
  vault?: string | undefined;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** The checked configuration of one run. Null: not set here, so the person's own settings decide. */
export interface Config {
  readonly dataDir: string;
  readonly port: number;
  readonly vaultSource: 'keychain' | 'passphrase' | 'file';
  readonly vaultPassphrase: string | null;
  readonly logLevel: LogLevel;
  readonly appVersion: string | null;
  readonly automaticChecks: boolean | null;
  readonly checkIntervalMs: number | null;
  readonly prereleases: boolean | null;
  readonly github: {
    /** Without a slash at the end, like every address here. */
    readonly url: string;
    readonly apiUrl: string;
    readonly clientId: string | null;
    readonly clientSecret: string | null;
    /** A GitHub App that the environment sets up. */
    readonly app: {
      readonly id: string;
      /** Null: all its installations. */
      readonly installationId: string | null;
      readonly privateKeyPath: string;
    } | null;
  };
  readonly jira: {
    readonly authUrl: string;
    readonly apiUrl: string;
    readonly clientId: string | null;
    readonly clientSecret: string | null;
  };
  readonly slack: {
    readonly url: string;
    readonly clientId: string | null;
    readonly clientSecret: string | null;
  };
  readonly hq: {
    readonly url: string;
    readonly apiUrl: string;
  };
  readonly callbackBase: string | null;
  readonly trackeep: TrackeepConfig;
  readonly issuer: IssuerConfig;
}

/** What the routes for Trackeep need. */
export interface TrackeepConfig {
  /** Null: no session token is made or taken. */
  readonly jwtSecret: string | null;
  /** Null: nobody signs in. */
  readonly oauthJwtSecret: string | null;
  /** An origin. */
  readonly frontend: string | null;
  readonly corsOrigins: '*' | readonly string[];
}

/** How the issuer behaves. Times are ms. */
export interface IssuerConfig {
  readonly accessTokenTtlMs: number;
  readonly refreshTokenTtlMs: number;
  readonly refreshGraceMs: number;
  readonly registrationsPerHour: number;
  readonly metadataDocuments: boolean;
  readonly metadataPrivateHosts: readonly string[];
  readonly introspectionToken: string | null;
  readonly clientsFile: string | null;
  /** In canonical form. Null: the person's settings decide. */
  readonly resourceServers: readonly string[] | null;
}

/**
 * Reads and checks the configuration. An empty variable counts as unset, as in a compose file or an .env template.
 *
 * @throws AppError `config_invalid` that names the first wrong setting and what is wrong with it; it shows the value,
 *   unless that is a secret
 */
export function readConfig({ env, flags = {} }: { env: NodeJS.ProcessEnv; flags?: ConfigFlags }): Config {
  const given: Partial<Record<SettingName, string>> = {};
  for (const name of Object.keys(Environment.shape) as SettingName[]) {
    const text = env[name]?.trim();
    if (text) given[name] = text;
  }
  const flagged = { TRACKEEP_DATA: flags.data, TRACKEEP_PORT: flags.port, TRACKEEP_VAULT: flags.vault };
  for (const name of Object.keys(flagged) as (keyof typeof flagged)[]) {
    if (flagged[name] !== undefined) given[name] = flagged[name];
  }

  const result = Environment.safeParse(given);
  if (!result.success) {
    const [issue] = result.error.issues;
    const name = issue?.path[0] as SettingName;
    throw invalid(nameAsGiven(name, flags), issue?.message ?? 'is wrong', meaningOf(name).secret ? null : given[name]);
  }
  const values = result.data;
  for (const platform of ['GITHUB', 'JIRA', 'SLACK'] as const) {
    if (values[`${platform}_CLIENT_SECRET`] !== undefined && values[`${platform}_CLIENT_ID`] === undefined) {
      throw invalid(`${platform}_CLIENT_SECRET`, `is set without ${platform}_CLIENT_ID`, null);
    }
  }
  const url = values.GITHUB_URL ?? 'https://github.com';
  return {
    dataDir: resolveDataDir({ env, flag: given.TRACKEEP_DATA }),
    port: values.TRACKEEP_PORT ?? 9090,
    vaultSource: values.TRACKEEP_VAULT ?? 'keychain',
    vaultPassphrase: values.TRACKEEP_VAULT_PASSPHRASE ?? null,
    logLevel: values.TRACKEEP_LOG_LEVEL ?? 'info',
    appVersion: values.APP_VERSION ?? null,
    automaticChecks: values.AUTO_UPDATE_CHECK ?? null,
    checkIntervalMs: values.UPDATE_CHECK_INTERVAL ?? null,
    prereleases: values.PRERELEASE_UPDATES ?? null,
    github: {
      url,
      apiUrl: values.GITHUB_API_URL ?? (url === 'https://github.com' ? 'https://api.github.com' : `${url}/api/v3`),
      clientId: values.GITHUB_CLIENT_ID ?? null,
      clientSecret: values.GITHUB_CLIENT_SECRET ?? null,
      app: gitHubApp(values),
    },
    jira: {
      authUrl: values.JIRA_AUTH_URL ?? 'https://auth.atlassian.com',
      apiUrl: values.JIRA_API_URL ?? 'https://api.atlassian.com',
      clientId: values.JIRA_CLIENT_ID ?? null,
      clientSecret: values.JIRA_CLIENT_SECRET ?? null,
    },
    slack: {
      url: values.SLACK_URL ?? 'https://slack.com',
      clientId: values.SLACK_CLIENT_ID ?? null,
      clientSecret: values.SLACK_CLIENT_SECRET ?? null,
    },
    hq: {
      url: values.HQ_URL ?? 'https://hq.trackeep.org',
      apiUrl: values.HQ_API_URL ?? values.HQ_URL ?? 'https://hq.trackeep.org',
    },
    callbackBase: values.OAUTH_CALLBACK_BASE ?? null,
    trackeep: {
      jwtSecret: values.JWT_SECRET ?? null,
      oauthJwtSecret: values.OAUTH_JWT_SECRET ?? null,
      frontend: values.FRONTEND_URL ?? null,
      corsOrigins: values.CORS_ALLOWED_ORIGINS ?? [],
    },
    issuer: {
      accessTokenTtlMs: values.ACCESS_TOKEN_TTL ?? 7 * DAY_MS,
      refreshTokenTtlMs: values.REFRESH_TOKEN_TTL ?? 30 * DAY_MS,
      refreshGraceMs: values.REFRESH_TOKEN_GRACE ?? 10_000,
      registrationsPerHour: values.REGISTRATIONS_PER_HOUR ?? 20,
      metadataDocuments: values.CLIENT_METADATA_DOCUMENTS ?? true,
      metadataPrivateHosts: values.CLIENT_METADATA_PRIVATE_HOSTS ?? [],
      introspectionToken: values.INTROSPECTION_TOKEN ?? null,
      clientsFile: values.OAUTH_CLIENTS_FILE ?? null,
      resourceServers: values.TRACKEEP_RESOURCE_SERVERS ?? null,
    },
  };
}

/** @throws AppError `config_invalid` for half of one */
function gitHubApp(values: z.output<typeof Environment>): Config['github']['app'] {
  const {
    GITHUB_APP_ID: id,
    GITHUB_APP_INSTALLATION_ID: installationId,
    GITHUB_APP_PRIVATE_KEY_PATH: privateKeyPath,
  } = values;
  if (id !== undefined && privateKeyPath !== undefined) {
    return { id, installationId: installationId ?? null, privateKeyPath };
  }
  if (id !== undefined) throw invalid('GITHUB_APP_ID', 'is set without GITHUB_APP_PRIVATE_KEY_PATH', null);
  const alone = privateKeyPath === undefined ? 'GITHUB_APP_INSTALLATION_ID' : 'GITHUB_APP_PRIVATE_KEY_PATH';
  if (privateKeyPath !== undefined || installationId !== undefined) {
    throw invalid(alone, 'is set without GITHUB_APP_ID', null);
  }
  return null;
}

function meaningOf(name: SettingName): Meaning {
  return documentation.get(Environment.shape[name]) ?? { meaning: '' };
}

function nameAsGiven(name: SettingName, flags: ConfigFlags): string {
  const flag = meaningOf(name).flag?.slice(2) as keyof ConfigFlags | undefined;
  return flag !== undefined && flags[flag] !== undefined ? `--${flag}` : name;
}

function invalid(name: string, problem: string, value: string | null | undefined): AppError {
  // A password in an address, or a token that was pasted into the wrong variable.
  const shown = typeof value === 'string' && value.length <= 100 ? ` (it is “${createRedactor().redact(value)}”)` : '';
  return new AppError('config_invalid', `${name} ${problem}${shown}.`, {
    remedy: `Correct ${name} and start again.`,
  });
}
