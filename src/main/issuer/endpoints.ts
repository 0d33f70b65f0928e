/** Whose pages may call an endpoint, as the listener's guards have it. */
type Callers = 'own' | 'loopback';

export interface Endpoint {
  /** This path; for a page everything below it, too. */
  path: string;
  callers: Callers;
  methods: readonly string[];
  /** A page for people, which is never shown in a frame and only at the issuer's own address. */
  page: boolean;
}

/** Where clients look for the metadata, as RFC 8414 §3.1 and OpenID Connect Discovery §4 make it from our addresses. */
export const METADATA_PATHS: Readonly<Record<string, string>> = {
  '/.well-known/oauth-authorization-server': '/.well-known/oauth-authorization-server',
  '/.well-known/oauth-authorization-server/mcp': '/.well-known/oauth-authorization-server',
  '/.well-known/openid-configuration': '/.well-known/openid-configuration',
  '/.well-known/openid-configuration/mcp': '/.well-known/openid-configuration',
  '/mcp/.well-known/openid-configuration': '/.well-known/openid-configuration',
  '/mcp/.well-known/oauth-authorization-server': '/.well-known/oauth-authorization-server',
};

const forPrograms = (path: string, ...methods: string[]): Endpoint => ({
  path,
  // Developer tools in a browser tab are clients, too.
  callers: 'loopback',
  methods: [...methods, 'OPTIONS'],
  page: false,
});

const forPeople = (path: string, ...methods: string[]): Endpoint => ({ path, callers: 'own', methods, page: true });

/** The issuer's endpoints; a longer path stands before the one it begins with. */
export const ENDPOINTS: readonly Endpoint[] = [
  ...Object.keys(METADATA_PATHS).map((path) => forPrograms(path, 'GET')),
  forPrograms('/jwks', 'GET'),
  forPrograms('/register', 'POST'),
  forPrograms('/token', 'POST'),
  forPrograms('/revoke', 'POST'),
  forPrograms('/userinfo', 'GET', 'POST'),
  forPrograms('/device/code', 'POST'),
  // Resource servers ask, and no page is one.
  { path: '/introspect', callers: 'own', methods: ['POST'], page: false },
  forPeople('/authorize', 'GET'),
  forPeople('/approve', 'GET'),
  forPeople('/device', 'GET', 'POST'),
];

export function endpointOf(path: string): Endpoint | undefined {
  return ENDPOINTS.find(({ path: own, page }) => path === own || (page && path.startsWith(`${own}/`)));
}
