import { describe, expect, it } from 'vitest';
import {
  accountInFull,
  accountSubtitle,
  accountTitle,
  permissionsInWords,
  requesterInWords,
  scopeInWords,
  signInEndInWords,
} from '../../src/renderer/words/connections.ts';
import { relativeTime } from '../../src/renderer/words/times.ts';
import type { ConnectionView } from '../../src/shared/connection-views.ts';
import { CONNECTION } from '../support/sample-views.ts';

const SITE: ConnectionView = {
  ...CONNECTION,
  ...{ platform: 'jira', host: 'api.atlassian.com', login: 'mona@example.com', name: 'Mona Lisa' },
  organisation: { id: '1', name: 'Acme', url: 'https://acme.atlassian.net' },
};

describe('how an account is called', () => {
  it('is its login at GitHub, and the site where one person has many', () => {
    expect(accountTitle(CONNECTION)).toBe('octocat');
    expect(accountInFull(CONNECTION)).toBe('octocat');
    expect(accountTitle(SITE)).toBe('Acme');
    expect(accountInFull(SITE)).toBe('mona@example.com at Acme');
  });

  it('goes on with who that is and where', () => {
    expect(accountSubtitle({ ...CONNECTION, name: 'The Octocat' })).toBe('The Octocat, at github.com');
    expect(accountSubtitle(SITE)).toBe('Mona Lisa, mona@example.com, site at acme.atlassian.net');
    expect(accountSubtitle({ ...SITE, name: null, organisation: null })).toBe('At api.atlassian.com');
    expect(accountSubtitle({ ...CONNECTION, kind: 'app_installation', name: 'Helper' })).toBe(
      'App installation: Helper in this account at github.com',
    );
  });
});

describe('a sign-in that ends soon', () => {
  it('is told with its day, and others are not', () => {
    expect(signInEndInWords({ signInEndsAt: '2026-12-05T12:00:00.000Z' })).toBe(
      'This sign-in ends on 5 December 2026. Reconnect before.',
    );
    expect(signInEndInWords(CONNECTION)).toBeNull();
  });
});

describe('what an account may do', () => {
  const asked = [{ name: 'read:jira-work', reason: 'to read projects' }];

  it.each([
    ['repo', 'read and write all repositories'],
    ['read:jira-work', 'read projects'],
    ['something:new', 'something:new'],
  ])('by the scope %s is said as “%s”', (scope, words) => {
    expect(scopeInWords(scope, asked)).toBe(words);
  });

  it('by permissions is said in words, the stronger ones first', () => {
    const permissions = { metadata: 'read', issues: 'write', repository_hooks: 'admin', contents: 'read' };
    expect(permissionsInWords(permissions)).toEqual([
      'administer repository hooks',
      'read and write issues',
      'read the contents of repositories',
      'read the names and descriptions of repositories',
    ]);
  });
});

describe('who was handed a token', () => {
  it('cannot speak in our voice by its name', () => {
    expect(requesterInWords({ kind: 'client', id: 'dyn_1', name: 'git” and “friends' })).toBe("“git' and 'friends”");
    expect(requesterInWords({ kind: 'client', id: 'dyn_1', name: ' \u202e' })).toBe('The client dyn_1');
  });
});

describe('a time that is almost the next unit', () => {
  it.each([
    [59.9 * 60_000, 'in 1 hour'],
    [59.4 * 60_000, 'in 59 minutes'],
    [23.9 * 3_600_000, 'in 1 day'],
  ])('%d ms is said as “%s”', (ms, words) => {
    expect(relativeTime(new Date(ms).toISOString(), 0)).toBe(words);
  });
});
