import { describe, expect, it } from 'vitest';
import { pickConnection, pickConnections } from '../../src/main/cli/pick-connections.ts';
import type { ConnectionView } from '../../src/shared/connection-views.ts';
import { CONNECTION } from '../support/sample-views.ts';

const site = (name: string): ConnectionView => ({
  ...CONNECTION,
  ...{ id: crypto.randomUUID(), platform: 'jira', host: 'api.atlassian.com', login: 'mia@example.com' },
  organisation: { id: `id-of-${name}`, name, url: null },
});
const acme = site('Acme');
const beta = site('Beta');
const all = [CONNECTION, acme, beta];

describe('the account that a command is about', () => {
  it.each([
    ['octocat', [CONNECTION]],
    ['GitHub.com/Octocat', [CONNECTION]],
    [CONNECTION.id, [CONNECTION]],
    ['acme', [acme]],
    ['ID-of-beta', [beta]],
    ['beta/mia@example.com', [beta]],
    ['mia@example.com', [acme, beta]],
  ])('is found by %s', (name, found) => {
    expect(pickConnections(all, name)).toEqual(found);
  });

  it('is not guessed: several are named, and none is said to be none', () => {
    expect(() => pickConnection(all, 'mia@example.com')).toThrow(
      'Several accounts are connected: Acme/mia@example.com, Beta/mia@example.com.',
    );
    expect(() => pickConnections(all, 'acm')).toThrow('No account "acm" is connected.');
  });
});
