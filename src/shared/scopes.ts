/**
 * What a local program may be allowed to do, in the words a person reads before they agree. The names are the OAuth
 * scopes of the issuer (RFC 6749 §3.3); the order is the one they are shown in.
 */

export interface ScopeMeaning {
  /** Completes "It may …", without a full stop. */
  text: string;
  /** Gives away more than reading: shown with a warning, and never remembered by default. */
  sensitive: boolean;
}

export const SCOPES = {
  openid: { text: 'know that you are the same person each time', sensitive: false },
  offline_access: { text: 'stay signed in until you revoke it', sensitive: false },
  'updates:read': { text: 'see which Trackeep releases there are and which one you run', sensitive: false },
  'updates:install': { text: 'download and install Trackeep updates', sensitive: true },
  'installations:read': { text: 'see which accounts you have connected, and whether they work', sensitive: false },
  'installations:manage': { text: 'connect and disconnect your accounts', sensitive: true },
  'github:read': {
    text: 'read your GitHub repositories and their history, private ones included',
    sensitive: false,
  },
  'token:github': { text: 'get tokens that act as you on GitHub', sensitive: true },
  'token:jira': { text: 'get tokens that act as you on Jira and Confluence', sensitive: true },
  'token:slack': { text: 'get tokens that act as you on Slack', sensitive: true },
} as const satisfies Record<string, ScopeMeaning>;

export type Scope = keyof typeof SCOPES;

export const SCOPE_NAMES = Object.keys(SCOPES) as readonly Scope[];

export function isScope(name: string): name is Scope {
  return Object.hasOwn(SCOPES, name);
}
