import { z } from 'zod';
import { DAY_MS, MINUTE_MS } from '../../../shared/durations.ts';
import { setting } from './setting.ts';
import { hostNames, lifetime, resources, sharedSecret, yesOrNo } from './values.ts';

/** What the issuer reads. */
export const IssuerSettings = z.object({
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
});

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

export function readIssuer(values: z.output<typeof IssuerSettings>): IssuerConfig {
  return {
    accessTokenTtlMs: values.ACCESS_TOKEN_TTL ?? 7 * DAY_MS,
    refreshTokenTtlMs: values.REFRESH_TOKEN_TTL ?? 30 * DAY_MS,
    refreshGraceMs: values.REFRESH_TOKEN_GRACE ?? 10_000,
    registrationsPerHour: values.REGISTRATIONS_PER_HOUR ?? 20,
    metadataDocuments: values.CLIENT_METADATA_DOCUMENTS ?? true,
    metadataPrivateHosts: values.CLIENT_METADATA_PRIVATE_HOSTS ?? [],
    introspectionToken: values.INTROSPECTION_TOKEN ?? null,
    clientsFile: values.OAUTH_CLIENTS_FILE ?? null,
    resourceServers: values.TRACKEEP_RESOURCE_SERVERS ?? null,
  };
}
