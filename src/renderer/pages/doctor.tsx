import { Button, Group, Skeleton, Stack, Text } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import type { Check, DoctorView } from '../../shared/app-views.ts';
import { CopyButton } from '../components/copy.tsx';
import { ErrorNotice } from '../components/error-notice.tsx';
import { Page, Section } from '../components/page.tsx';
import { StateMark, StateShape } from '../components/state-mark.tsx';
import { Time } from '../components/time.tsx';
import { useView } from '../data/app-link.tsx';
import { doctorReport, tally } from '../words/report.ts';
import { VERDICTS } from '../words/states.ts';
import classes from './doctor.module.css';

/** Tests the claims that the app makes about itself, and says what it found. */
export function DoctorPage() {
  const doctor = useView('doctor.run');
  const report = doctor.data;
  return (
    <Page
      name="Doctor"
      title={<Verdict report={report} />}
      lead={
        report ? (
          <>
            {tally(report.checks)}. Checked <Time iso={report.checkedAt} />.
          </>
        ) : (
          'Each claim is tested, not assumed.'
        )
      }
      actions={
        <>
          {report && <CopyButton value={doctorReport(report)} label="Copy report" />}
          <Button
            variant="default"
            leftSection={<IconRefresh size={18} aria-hidden />}
            loading={doctor.isFetching}
            onClick={() => void doctor.refetch()}
          >
            Run again
          </Button>
        </>
      }
    >
      <div role="status" className={classes.said}>
        {doctor.isFetching ? 'Checking' : report ? VERDICTS[report.verdict].headline : ''}
      </div>
      {doctor.error && (
        <ErrorNotice error={doctor.error.view} onRetry={() => void doctor.refetch()} retrying={doctor.isFetching} />
      )}
      {report ? (
        <Section title="Checks">
          <ul className={classes.checks}>
            {report.checks.map((check) => (
              <CheckRow key={check.id} check={check} />
            ))}
          </ul>
        </Section>
      ) : (
        !doctor.error && <Skeleton height={420} />
      )}
    </Page>
  );
}

function Verdict({ report }: { report: DoctorView | undefined }) {
  const verdict = report && VERDICTS[report.verdict];
  return (
    <Group component="span" gap="sm" wrap="nowrap">
      <StateShape shape={verdict?.shape ?? 'dot'} tone={verdict?.tone ?? 'waiting'} size={30} />
      <span>{verdict?.headline ?? 'Checking…'}</span>
    </Group>
  );
}

function CheckRow({ check }: { check: Check }) {
  return (
    <li className={classes.check}>
      <Group justify="space-between" align="flex-start" gap="xs">
        <Text fw={500} flex="1 1 14rem">
          {check.title}
        </Text>
        <StateMark {...VERDICTS[check.verdict]} />
      </Group>
      <Stack gap={2}>
        <Text size="sm" c="dimmed">
          {check.detail}
        </Text>
        {check.remedy !== null && <Text size="sm">{check.remedy}</Text>}
      </Stack>
    </li>
  );
}
