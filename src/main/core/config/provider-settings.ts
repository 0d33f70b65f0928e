import { z } from 'zod';
import { invalid, setting } from './setting.ts';
import { address, word } from './values.ts';

/** Where the providers are, and the apps to sign in with. */
export const ProviderSettings = z.object({
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
});

type Values = z.output<typeof ProviderSettings>;

/** The providers as the environment sets them up. Null: not set here. */
export interface ProviderConfig {
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
}

/** @throws AppError `config_invalid` for half of an app */
export function readProviders(values: Values): ProviderConfig {
  for (const platform of ['GITHUB', 'JIRA', 'SLACK'] as const) {
    if (values[`${platform}_CLIENT_SECRET`] !== undefined && values[`${platform}_CLIENT_ID`] === undefined) {
      throw invalid(`${platform}_CLIENT_SECRET`, `is set without ${platform}_CLIENT_ID`, null);
    }
  }
  const url = values.GITHUB_URL ?? 'https://github.com';
  return {
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
  };
}

/** @throws AppError `config_invalid` for half of one */
function gitHubApp(values: Values): ProviderConfig['github']['app'] {
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
