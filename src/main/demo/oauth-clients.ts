/** An app as it is registered at GitHub. */
export interface OAuthClient {
  clientId: string;
  /** Without one, only the device flow works. */
  clientSecret?: string;
  name: string;
  /** `oauth-app`: `gho_` tokens with scopes, without an end. `github-app`: `ghu_` tokens of 8 hours and refresh tokens. */
  kind: 'oauth-app' | 'github-app';
  deviceFlow: boolean;
  /** Where the web flow may return to. Any loopback address if not given. */
  callbackUrls?: string[];
}

/** The app that demo and tests sign in with: a GitHub App with device flow, and no secret to keep. */
export const DEMO_CLIENT: OAuthClient = {
  clientId: 'Iv23liTrackeepTrayDemo',
  name: 'Trackeep Tray (demo)',
  kind: 'github-app',
  deviceFlow: true,
};

/** A GitHub App with a secret: both flows, refresh, revocation. */
export const SECRET_CLIENT: OAuthClient = {
  clientId: 'Iv23liTrackeepWithSecret',
  clientSecret: 'c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00',
  name: 'Trackeep Tray (with a secret)',
  kind: 'github-app',
  deviceFlow: true,
};

/** An OAuth app: tokens that do not expire, and scopes. */
export const OAUTH_APP_CLIENT: OAuthClient = {
  clientId: 'Ov23liTrackeepOAuthApp',
  clientSecret: 'decade11decade11decade11decade11decade11',
  name: 'Trackeep Tray (OAuth app)',
  kind: 'oauth-app',
  deviceFlow: true,
};

/** A GitHub App whose owner has not switched the device flow on. */
export const NO_DEVICE_FLOW_CLIENT: OAuthClient = {
  clientId: 'Iv23liTrackeepNoDevice',
  name: 'Trackeep Tray (no device flow)',
  kind: 'github-app',
  deviceFlow: false,
};

export const KNOWN_CLIENTS: readonly OAuthClient[] = [
  DEMO_CLIENT,
  SECRET_CLIENT,
  OAUTH_APP_CLIENT,
  NO_DEVICE_FLOW_CLIENT,
];

const LOOPBACK = new Set(['127.0.0.1', '[::1]', 'localhost']);

/** Whether the web flow may return to `redirectUri`: as registered, the port being free on loopback (RFC 8252 §7.3). */
export function allowsRedirect(client: OAuthClient, redirectUri: string): boolean {
  const asked = URL.parse(redirectUri);
  if (!asked) return false;
  if (!client.callbackUrls) return asked.protocol === 'http:' && LOOPBACK.has(asked.hostname);
  return client.callbackUrls.some((registered) => {
    const known = new URL(registered);
    const samePort = LOOPBACK.has(known.hostname) || known.port === asked.port;
    return (
      samePort &&
      known.protocol === asked.protocol &&
      known.hostname === asked.hostname &&
      asked.pathname.startsWith(known.pathname)
    );
  });
}
