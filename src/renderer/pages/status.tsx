import { Button, Group, Skeleton, Stack, Text } from '@mantine/core';
import { useLocation } from 'wouter';
import type { Attention, StatusView } from '../../shared/app-views.ts';
import { Copyable } from '../components/copy.tsx';
import { ErrorNotice } from '../components/error-notice.tsx';
import { Fact, Facts } from '../components/fact.tsx';
import { Page, Section } from '../components/page.tsx';
import { PageLink } from '../components/page-link.tsx';
import { StateMark, StateShape } from '../components/state-mark.tsx';
import { Time } from '../components/time.tsx';
import { useView } from '../data/app-link.tsx';
import { accountSubtitle, accountTitle } from '../words/connections.ts';
import { CONNECTION_STATES, KEY_SOURCES, type Shape, type Tone, VAULT_STATES } from '../words/states.ts';
import { progressWords, TRACKING_STATES } from '../words/tracking.ts';
import { UPDATES_STATES } from '../words/updates.ts';

/** How things stand: first whether anything needs the person, then the details. */
export function StatusPage() {
  const status = useView('status.get');
  if (status.error && !status.data) {
    return (
      <Page name="Status" title="Status">
        <ErrorNotice error={status.error.view} onRetry={() => void status.refetch()} retrying={status.isFetching} />
      </Page>
    );
  }
  const [first, ...others] = status.data?.attention ?? [];
  return (
    <Page
      name="Status"
      title={<Headline status={status.data} />}
      lead={<Lead status={status.data} />}
      // The banner above has the button for a closed vault already.
      actions={first && first.kind !== 'vault' && <AttentionButton item={first} primary />}
    >
      {status.data ? (
        <>
          <AttentionList attention={others} />
          <ConnectionsGlance status={status.data} />
          <TrackingGlance />
          <UpdatesGlance status={status.data} />
          <AppFacts status={status.data} />
        </>
      ) : (
        <>
          <Skeleton height={92} />
          <Skeleton height={150} />
          <Skeleton height={190} />
        </>
      )}
    </Page>
  );
}

const MARKS: Record<StatusView['overall'], { shape: Shape; tone: Tone }> = {
  ok: { shape: 'check', tone: 'good' },
  busy: { shape: 'turning', tone: 'working' },
  needs_you: { shape: 'triangle', tone: 'warning' },
  update: { shape: 'arrow', tone: 'working' },
};

function Headline({ status }: { status: StatusView | undefined }) {
  const mark = status ? MARKS[status.overall] : ({ shape: 'dot', tone: 'waiting' } as const);
  return (
    <Group component="span" gap="sm" wrap="nowrap">
      <StateShape {...mark} size={30} />
      <span>{status ? (status.attention[0]?.text ?? 'All good') : 'Looking…'}</span>
    </Group>
  );
}

function Lead({ status }: { status: StatusView | undefined }) {
  if (!status) return '\u00a0';
  if (status.vault.state !== 'open') return 'Nothing is lost. Your connections work again once the vault is open.';
  if (status.overall === 'needs_you') return 'Everything else goes on meanwhile.';
  if (status.attention.length > 0) return 'Everything else is fine.';
  return 'Nothing needs you.';
}

const WAYS: Record<Attention['kind'], string> = {
  vault: 'Open Doctor',
  approval: 'Open Approvals',
  first_connection: 'Get started',
  connection: 'Open Connections',
  sign_in_ends: 'Open Connections',
  update: 'See the update',
  current_version: 'Say which',
};

/** The way to settle what waits. */
function AttentionButton({ item, primary = false }: { item: Attention; primary?: boolean }) {
  const [, navigate] = useLocation();
  return (
    <Button variant={primary ? 'filled' : 'default'} onClick={() => navigate(`/${item.page}`)}>
      {WAYS[item.kind]}
    </Button>
  );
}

/** What waits for the person beside the thing that the headline names. */
function AttentionList({ attention }: { attention: Attention[] }) {
  if (attention.length === 0) return null;
  return (
    <Section title="Also waiting for you">
      <Stack gap="sm">
        {attention.map((item) => (
          <Group key={`${item.kind} ${item.text}`} justify="space-between" gap="sm">
            <Text flex="1 1 14rem">{item.text}</Text>
            <AttentionButton item={item} />
          </Group>
        ))}
      </Stack>
    </Section>
  );
}

function ConnectionsGlance({ status }: { status: StatusView }) {
  return (
    <Section title="Connections">
      {status.connections.length === 0 ? (
        <Text c="dimmed">None yet.</Text>
      ) : (
        <Stack gap="sm">
          {status.connections.map((connection) => (
            <Group key={connection.id} justify="space-between" gap="sm">
              <div style={{ flex: '1 1 14rem', minWidth: 0, overflowWrap: 'anywhere' }}>
                <Text fw={500}>{accountTitle(connection)}</Text>
                <Text size="sm" c="dimmed">
                  {accountSubtitle(connection)}
                  {connection.lastUsedAt !== null && (
                    <>
                      , used <Time iso={connection.lastUsedAt} />
                    </>
                  )}
                </Text>
              </div>
              <StateMark {...CONNECTION_STATES[connection.state]} />
            </Group>
          ))}
        </Stack>
      )}
    </Section>
  );
}

/** How far the fetching of repositories has come. Nothing, where nobody is connected whose repositories there are. */
function TrackingGlance() {
  const accounts = useView('tracking.get').data?.accounts ?? [];
  if (accounts.length === 0) return null;
  return (
    <Section title="Repositories">
      <Stack gap="sm">
        {accounts.map((account) => (
          <Group key={account.connectionId} justify="space-between" gap="sm">
            <Text flex="1 1 14rem" style={{ minWidth: 0, overflowWrap: 'anywhere' }}>
              {accounts.length > 1 && `${account.login} at ${account.host}: `}
              {account.problem?.message ?? progressWords(account)} <PageLink href="/repositories">Show</PageLink>
            </Text>
            <StateMark {...TRACKING_STATES[account.state]} />
          </Group>
        ))}
      </Stack>
    </Section>
  );
}

function UpdatesGlance({ status: { updates } }: { status: StatusView }) {
  return (
    <Section title="Trackeep">
      <Facts>
        <Fact label="State">
          <StateMark {...UPDATES_STATES[updates.state]} />
        </Fact>
        <Fact label="Your version">{updates.currentVersion ?? 'not known yet'}</Fact>
        <Fact label="Newest">{updates.latestVersion ?? 'not known yet'}</Fact>
        <Fact label="Last check">{updates.checkedAt ? <Time iso={updates.checkedAt} /> : 'never'}</Fact>
        <Fact label="Next check">{updates.nextCheckAt ? <Time iso={updates.nextCheckAt} /> : 'only when you ask'}</Fact>
      </Facts>
    </Section>
  );
}

function AppFacts({ status: { app, vault, issuer } }: { status: StatusView }) {
  return (
    <Section title="On this machine">
      <Facts>
        <Fact label="Vault">
          <StateMark {...VAULT_STATES[vault.state]} />
          <div>{vault.backend}</div>
          {vault.source !== 'keychain' && (
            <Text size="sm" c="dimmed">
              {KEY_SOURCES[vault.source].sentence}
            </Text>
          )}
        </Fact>
        <Fact label="Issuer address">
          <Copyable value={issuer.address} what="the issuer's address" />
        </Fact>
        <Fact label="MCP server">
          <Copyable value={issuer.mcp} what="the address of the MCP server" />
        </Fact>
        <Fact label="Data folder">
          <Copyable value={app.dataDir} what="the path of the data folder" />
        </Fact>
        <Fact label="Running since">
          <Time iso={app.startedAt} />
        </Fact>
      </Facts>
    </Section>
  );
}
