import { z } from 'zod';
import { type IssuerConfig, IssuerSettings, readIssuer } from './config/issuer-settings.ts';
import { type ProviderConfig, ProviderSettings, readProviders } from './config/provider-settings.ts';
import { invalid, type Meaning, meaningOf, setting } from './config/setting.ts';
import { readTrackeep, type TrackeepConfig, TrackeepSettings } from './config/trackeep-settings.ts';
import { address, interval, port, word, yesOrNo } from './config/values.ts';
import { resolveDataDir } from './default-data-dir.ts';

export type { IssuerConfig } from './config/issuer-settings.ts';
export type { TrackeepConfig } from './config/trackeep-settings.ts';

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
  ...ProviderSettings.shape,
  ...TrackeepSettings.shape,
  ...IssuerSettings.shape,
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
    const { meaning, default: usual = null, flag = null, secret = false } = meaningOfSetting(name as SettingName);
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
export interface Config extends ProviderConfig {
  readonly dataDir: string;
  readonly port: number;
  readonly vaultSource: 'keychain' | 'passphrase' | 'file';
  readonly vaultPassphrase: string | null;
  readonly logLevel: LogLevel;
  readonly appVersion: string | null;
  readonly automaticChecks: boolean | null;
  readonly checkIntervalMs: number | null;
  readonly prereleases: boolean | null;
  readonly callbackBase: string | null;
  readonly trackeep: TrackeepConfig;
  readonly issuer: IssuerConfig;
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
    throw invalid(
      nameAsGiven(name, flags),
      issue?.message ?? 'is wrong',
      meaningOfSetting(name).secret ? null : given[name],
    );
  }
  const values = result.data;
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
    ...readProviders(values),
    callbackBase: values.OAUTH_CALLBACK_BASE ?? null,
    trackeep: readTrackeep(values),
    issuer: readIssuer(values),
  };
}

function meaningOfSetting(name: SettingName): Meaning {
  return meaningOf(Environment.shape[name]);
}

function nameAsGiven(name: SettingName, flags: ConfigFlags): string {
  const flag = meaningOfSetting(name).flag?.slice(2) as keyof ConfigFlags | undefined;
  return flag !== undefined && flags[flag] !== undefined ? `--${flag}` : name;
}
