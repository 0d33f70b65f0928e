import { Button, EmptyState, Group, Paper, Skeleton, Stack, Text, VisuallyHidden } from '@mantine/core';
import { IconShieldCheck } from '@tabler/icons-react';
import { useState } from 'react';
import type { ApprovalView } from '../../shared/client-views.ts';
import { ApprovalCard } from '../components/approvals/approval-card.tsx';
import { ClientName } from '../components/client-name.tsx';
import { ClientQuestion, type Taking } from '../components/clients/client-question.tsx';
import { Copyable } from '../components/copy.tsx';
import { ErrorNotice } from '../components/error-notice.tsx';
import { Page, Section } from '../components/page.tsx';
import rows from '../components/setting-rows.module.css';
import { Time } from '../components/time.tsx';
import { useNow } from '../components/use-now.ts';
import { useView } from '../data/app-link.tsx';
import { programs, type Remembered, remembered } from '../words/clients.ts';

/** What waits for the person's word, and which answers are remembered. */
export function ApprovalsPage() {
  const approvals = useView('approvals.list');
  const clients = useView('clients.list').data;
  const now = useNow(30_000);
  const [taking, setTaking] = useState<Taking | null>(null);
  const [asked, setAsked] = useState(false);
  const [said, setSaid] = useState('');

  const list = approvals.data;
  const answers = clients && remembered(clients, now);
  return (
    <Page
      name="Approvals"
      title={title(list)}
      lead="A program on this machine gets access only when you allow it here."
    >
      <VisuallyHidden role="status">{said}</VisuallyHidden>
      {approvals.error && !list ? (
        <ErrorNotice
          error={approvals.error.view}
          onRetry={() => void approvals.refetch()}
          retrying={approvals.isFetching}
        />
      ) : !list ? (
        <Skeleton height={260} />
      ) : list.length === 0 ? (
        <NothingWaits />
      ) : (
        <Stack>
          {list.map((approval) => (
            <ApprovalCard key={approval.id} approval={approval} />
          ))}
        </Stack>
      )}
      {answers && answers.length > 0 && (
        <Section
          title="Remembered answers"
          description="These programs get the same again without asking, until the time is over."
        >
          {answers.map((answer) => (
            <RememberedRow
              key={answer.grant.id}
              {...answer}
              onRevoke={() => {
                setTaking({ what: 'grant', ...answer });
                setAsked(true);
              }}
            />
          ))}
        </Section>
      )}
      <ClientQuestion opened={asked} taking={taking} onClose={() => setAsked(false)} onTaken={setSaid} />
    </Page>
  );
}

function title(list: ApprovalView[] | undefined): string {
  if (!list) return 'Approvals';
  if (list.length === 0) return 'Nothing waits for your answer';
  return `${programs(list.length)} ${list.length === 1 ? 'waits' : 'wait'} for your answer`;
}

function RememberedRow({ client, grant, onRevoke }: Remembered & { onRevoke: () => void }) {
  return (
    <div className={rows.row}>
      <div className={rows.words}>
        <Text fw={500}>
          <ClientName client={client} />
        </Text>
        <Text size="sm" c="dimmed">
          at {grant.resource}; forgotten <Time iso={grant.rememberedUntil} />
        </Text>
      </div>
      <div className={rows.control}>
        <Button variant="default" size="xs" c="var(--tone-bad)" onClick={onRevoke}>
          Revoke…
        </Button>
      </div>
    </div>
  );
}

/** What this page is for, and how a program comes to ask. */
function NothingWaits() {
  const mcp = useView('status.get').data?.issuer.mcp;
  return (
    <Paper withBorder p="lg" style={{ borderColor: 'var(--quiet-border)' }}>
      <EmptyState
        icon={<IconShieldCheck size={36} stroke={1.4} aria-hidden />}
        title="No program is asking"
        description="When an editor, an agent or a script wants to use your accounts, it shows up here with its name and what it wants. You compare a number with the page in your browser, and allow or deny."
        py="md"
      />
      <Group justify="center" gap="xs" mt="sm">
        <Text size="sm" ta="center">
          To begin, give this address to your MCP client:
        </Text>
        {mcp === undefined ? (
          <Skeleton height={24} width={220} />
        ) : (
          <Copyable value={mcp} what="the address of the MCP server" />
        )}
      </Group>
    </Paper>
  );
}
