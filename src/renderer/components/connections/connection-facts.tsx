import { Code, List, Stack } from '@mantine/core';
import type { ConnectionView, GitHubAppView, ProviderView } from '../../../shared/connection-views.ts';
import { permissionsInWords, scopeInWords } from '../../words/connections.ts';
import { Copyable } from '../copy.tsx';
import { Details } from '../details.tsx';
import { ExternalLink } from '../external-link.tsx';
import { Fact, Facts } from '../fact.tsx';
import { Time } from '../time.tsx';

/** What is known of a connection: until when its token is good and who uses it first, the rest unfolds. */
export function ConnectionFacts({
  connection,
  provider,
  app,
}: {
  connection: ConnectionView;
  provider: ProviderView | null;
  app: GitHubAppView | null;
}) {
  const { kind, lastUsedAt, lastUsedBy, lastRefreshedAt, refreshExpiresAt, signInEndsAt, organisation } = connection;
  return (
    <Stack gap="xs">
      <Facts>
        <Fact label="Token">
          <Expiry connection={connection} />
        </Fact>
        <Fact label={kind === 'user' ? 'Last refreshed' : 'Last made'}>
          {lastRefreshedAt === null ? 'never' : <Time iso={lastRefreshedAt} />}
        </Fact>
        <Fact label="Last used">
          {lastUsedAt === null ? (
            'never'
          ) : (
            <>
              <Time iso={lastUsedAt} />
              {lastUsedBy !== null && (
                <>
                  {' by '}
                  <bdi>{lastUsedBy}</bdi>
                </>
              )}
            </>
          )}
        </Fact>
      </Facts>
      <Details>
        <Facts>
          <Fact label="Allowed to">
            <Rights connection={connection} provider={provider} />
          </Fact>
          {app !== null && (
            <Fact label="Repositories">
              <ExternalLink href={app.installUrl}>chosen at GitHub</ExternalLink>
            </Fact>
          )}
          <Fact label="Token itself">
            <TokenItself connection={connection} />
          </Fact>
          {refreshExpiresAt !== null && (
            <Fact label="Refresh token">
              expires <Time iso={refreshExpiresAt} />
              {signInEndsAt === null && ', as a rule renewed with every refresh'}
            </Fact>
          )}
          {organisation?.url && (
            <Fact label="Page">
              <ExternalLink href={organisation.url}>{organisation.url}</ExternalLink>
            </Fact>
          )}
          <Fact label="Connected">
            <Time iso={connection.connectedAt} />
          </Fact>
          <Fact label="ID">
            <Copyable value={connection.id} what="the connection's ID" />
          </Fact>
        </Facts>
      </Details>
    </Stack>
  );
}

function Expiry({
  connection: { kind, tokenSince, accessExpiresAt, refreshExpiresAt },
}: {
  connection: ConnectionView;
}) {
  if (kind === 'app_installation' && tokenSince === null) return 'made when one is asked for';
  if (accessExpiresAt === null) return 'does not expire';
  return (
    <>
      expires <Time iso={accessExpiresAt} />
      {kind === 'app_installation' ? ', made anew before that' : refreshExpiresAt !== null && ', refreshed before that'}
    </>
  );
}

/** Enough to recognise it in a log or a file, and nothing to use it with. */
function TokenItself({ connection: { tokenPrefix, tokenSince } }: { connection: ConnectionView }) {
  return (
    <>
      {tokenPrefix === null ? (
        'nothing at its beginning tells it'
      ) : (
        <>
          begins with <Code>{tokenPrefix}</Code>
        </>
      )}
      {tokenSince === null ? (
        '; there is none yet'
      ) : (
        <>
          , this one made <Time iso={tokenSince} />
        </>
      )}
    </>
  );
}

function Rights({ connection, provider }: { connection: ConnectionView; provider: ProviderView | null }) {
  const { kind, scopes, permissions } = connection;
  const words =
    kind === 'app_installation'
      ? permissionsInWords(permissions)
      : scopes.map((scope) => scopeInWords(scope, provider?.scopes));
  if (words.length === 0) return 'what the permissions of your app allow';
  return (
    <List size="sm" listStyleType="none">
      {words.map((each) => (
        <List.Item key={each}>{each}</List.Item>
      ))}
    </List>
  );
}
