import { describe, expect, it } from 'vitest';
import { documentedSettings, readConfig } from '../../src/main/core/config.ts';

describe('the settings of Jira and Slack', () => {
  it('lead to the real ones, without an app, unless told', () => {
    expect(readConfig({ env: {} })).toMatchObject({
      jira: {
        authUrl: 'https://auth.atlassian.com',
        apiUrl: 'https://api.atlassian.com',
        clientId: null,
        clientSecret: null,
      },
      slack: { url: 'https://slack.com', clientId: null, clientSecret: null },
    });
  });

  it('are read', () => {
    const env = {
      JIRA_CLIENT_ID: 'jira-app',
      JIRA_CLIENT_SECRET: 'jira-secret',
      JIRA_AUTH_URL: 'http://127.0.0.1:4001/',
      JIRA_API_URL: 'http://127.0.0.1:4002',
      SLACK_CLIENT_ID: '1111.2222',
      SLACK_CLIENT_SECRET: 'slack-secret',
      SLACK_URL: 'https://slack.example.com/',
    };
    expect(readConfig({ env })).toMatchObject({
      jira: {
        authUrl: 'http://127.0.0.1:4001',
        apiUrl: 'http://127.0.0.1:4002',
        clientId: 'jira-app',
        clientSecret: 'jira-secret',
      },
      slack: { url: 'https://slack.example.com', clientId: '1111.2222', clientSecret: 'slack-secret' },
    });
  });

  it.each(['JIRA', 'SLACK'])('want the client ID of %s with its secret, and show no secret', (platform) => {
    const read = () => readConfig({ env: { [`${platform}_CLIENT_SECRET`]: 'very-secret' } });
    expect(read).toThrow(`${platform}_CLIENT_SECRET is set without ${platform}_CLIENT_ID.`);
    const odd = () => readConfig({ env: { [`${platform}_CLIENT_ID`]: 'x', [`${platform}_CLIENT_SECRET`]: 'a b' } });
    expect(odd).toThrow(expect.objectContaining({ message: expect.not.stringContaining('a b') }));
  });

  it('take plain http for this machine only', () => {
    for (const name of ['JIRA_AUTH_URL', 'JIRA_API_URL', 'SLACK_URL']) {
      expect(() => readConfig({ env: { [name]: 'http://proxy.example.com' } })).toThrow(
        `${name} must start with https`,
      );
    }
  });

  it('are marked where they are secret', () => {
    const secrets = documentedSettings().filter(({ secret }) => secret);
    expect(secrets.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['JIRA_CLIENT_SECRET', 'SLACK_CLIENT_SECRET']),
    );
  });
});
