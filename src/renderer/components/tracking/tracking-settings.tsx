import { Anchor, Button, Checkbox, Group, NativeSelect, Stack, TagsInput, Text, TextInput } from '@mantine/core';
import { type FormEvent, useEffect, useState } from 'react';
import type { SettingsView } from '../../../shared/settings-views.ts';
import type { TrackingSettings as Tracking, TrackingNotices } from '../../../shared/tracking-views.ts';
import { useView } from '../../data/app-link.tsx';
import { fileSize } from '../../words/sizes.ts';
import { count } from '../../words/tracking.ts';
import { Copyable } from '../copy.tsx';
import { Fact, Facts } from '../fact.tsx';
import { Section } from '../page.tsx';
import { StateMark } from '../state-mark.tsx';
import { Time } from '../time.tsx';
import { useSetting } from '../use-setting.ts';

const YEAR = 365;
const KEEP = [
  { value: 'all', label: 'as long as there is room' },
  { value: '90', label: '90 days' },
  { value: String(YEAR), label: 'a year' },
  { value: String(2 * YEAR), label: 'two years' },
  { value: String(5 * YEAR), label: 'five years' },
];

const NOTICES: Record<keyof TrackingNotices, string> = {
  reviewRequested: 'My review is asked for',
  reviewed: 'A pull request of mine is reviewed',
  checksFailed: 'Checks of mine fail',
  merged: 'A pull request of mine is merged',
  releases: 'Something is released',
};

/** Which repositories are tracked, how long, and what the person is told of. */
export function TrackingSettings({ settings }: { settings: SettingsView }) {
  const setting = useSetting(settings, 'tracking');
  const { tracking } = settings;
  const set = (change: Partial<Tracking>) => setting.save({ ...tracking, ...change });
  const choose = (change: Partial<Tracking['choice']>) => set({ choice: { ...tracking.choice, ...change } });
  return (
    <Section
      title="Repositories"
      description="What is fetched from GitHub to this machine. Nothing of it is sent anywhere."
      actions={
        <Group gap="xs" role="status">
          {setting.saved && <StateMark word="Saved" shape="check" tone="good" size={16} />}
          {setting.undo && (
            <Anchor component="button" type="button" size="sm" underline="always" onClick={setting.undo}>
              Undo
            </Anchor>
          )}
        </Group>
      }
    >
      <Stack gap="lg">
        {setting.error && (
          <Text size="sm" c="var(--tone-bad)" role="alert">
            {setting.error.message} {setting.error.remedy}
          </Text>
        )}
        <Stack gap="sm">
          <NativeSelect
            label="Which"
            value={tracking.choice.from}
            onChange={(event) => choose({ from: event.currentTarget.value === 'starred' ? 'starred' : 'all' })}
            data={[
              { value: 'all', label: 'All that I own or work on' },
              { value: 'starred', label: 'Those that I starred' },
            ]}
          />
          <TagsInput
            label="Only of these owners"
            description="People or organisations. None: of all."
            placeholder={tracking.choice.owners.length === 0 ? 'acme' : ''}
            value={tracking.choice.owners}
            onChange={(owners) => choose({ owners })}
            maxTags={200}
            clearButtonProps={{ 'aria-label': 'Remove all owners' }}
            clearable
          />
          <TagsInput
            label="Only with one of these topics"
            description="None: whatever their topics."
            placeholder={tracking.choice.topics.length === 0 ? 'cli' : ''}
            value={tracking.choice.topics}
            onChange={(topics) => choose({ topics })}
            maxTags={200}
            clearButtonProps={{ 'aria-label': 'Remove all topics' }}
            clearable
          />
          <Checkbox
            label="Archived ones too"
            checked={tracking.choice.archived}
            onChange={(event) => choose({ archived: event.currentTarget.checked })}
          />
          <Checkbox
            label="Forks too"
            checked={tracking.choice.forks}
            onChange={(event) => choose({ forks: event.currentTarget.checked })}
          />
        </Stack>
        <Checkbox.Group
          label="Notify me when"
          description={
            settings.notifications
              ? 'Repositories that you muted stay silent.'
              : 'Notifications are off altogether, see above.'
          }
          value={Object.entries(tracking.notices).flatMap(([name, on]) => (on ? [name] : []))}
          onChange={(names) =>
            set({
              notices: Object.fromEntries(
                Object.keys(NOTICES).map((name) => [name, names.includes(name)]),
              ) as TrackingNotices,
            })
          }
        >
          <Stack gap="xs" mt="xs">
            {Object.entries(NOTICES).map(([name, label]) => (
              <Checkbox key={name} value={name} label={label} disabled={!settings.notifications} />
            ))}
          </Stack>
        </Checkbox.Group>
        <NativeSelect
          label="Keep commits, closed pull requests and what happened"
          description="Sums by day are kept as long as the repository is."
          value={tracking.keepDays === null ? 'all' : String(tracking.keepDays)}
          onChange={({ currentTarget: { value } }) => set({ keepDays: value === 'all' ? null : Number(value) })}
          data={keepChoices(tracking.keepDays)}
        />
        <Channel
          key={tracking.webhookChannel}
          tracking={tracking}
          onSave={(webhookChannel) => set({ webhookChannel })}
        />
        <Stored />
      </Stack>
    </Section>
  );
}

function keepChoices(days: number | null) {
  const known = days === null || KEEP.some(({ value }) => value === String(days));
  return known ? KEEP : [...KEEP, { value: String(days), label: count(days, 'day') }];
}

/** The channel that passes webhooks on, and where they come in. */
function Channel({ tracking, onSave }: { tracking: Tracking; onSave: (channel: string | null) => void }) {
  const webhooks = useView('tracking.get').data?.webhooks;
  const [text, setText] = useState(tracking.webhookChannel ?? '');
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => setText(tracking.webhookChannel ?? ''), [tracking.webhookChannel]);

  const save = (event: FormEvent) => {
    event.preventDefault();
    const address = text.trim();
    if (address === '') return onSave(null);
    const url = URL.parse(address);
    if (url === null || !/^https?:$/.test(url.protocol)) {
      setProblem('Enter an address such as https://smee.io/abc123.');
      return;
    }
    onSave(url.href);
  };
  return (
    <Stack gap="sm">
      <form onSubmit={save} noValidate>
        <Group align="flex-end" gap="xs">
          <TextInput
            label="Webhook channel"
            description="An address at smee.io that passes GitHub’s webhooks on. Without one, repositories are asked about from time to time."
            placeholder="https://smee.io/abc123"
            value={text}
            error={problem}
            inputMode="url"
            autoComplete="off"
            spellCheck={false}
            maxLength={300}
            flex="1 1 14rem"
            onChange={(event) => {
              setText(event.currentTarget.value);
              setProblem(null);
            }}
          />
          <Button type="submit" variant="default" disabled={text.trim() === (tracking.webhookChannel ?? '')}>
            Save
          </Button>
        </Group>
      </form>
      {webhooks && (
        <Facts>
          {webhooks.channelState !== 'off' && (
            <Fact label="Channel">
              <StateMark {...CHANNEL_STATES[webhooks.channelState]} size={16} />
            </Fact>
          )}
          <Fact label="Deliveries go to">
            <Copyable value={webhooks.url} what="the address for webhooks" />
          </Fact>
          <Fact label="Last delivery">
            {webhooks.lastDeliveryAt === null ? 'none yet' : <Time iso={webhooks.lastDeliveryAt} />}
          </Fact>
          {!webhooks.hasSecret && (
            <Fact label="Secret">
              None yet: <code>trackeep tracking webhook-secret --new</code> makes one. Without it no delivery is taken.
            </Fact>
          )}
        </Facts>
      )}
    </Stack>
  );
}

const CHANNEL_STATES = {
  connecting: { word: 'Connecting', shape: 'turning', tone: 'working' },
  connected: { word: 'Connected', shape: 'check', tone: 'good' },
  failed: { word: 'Not reachable', shape: 'cut', tone: 'warning' },
} as const;

/** How much there is. */
function Stored() {
  const stored = useView('tracking.get').data?.stored;
  if (!stored) return null;
  const { repositories, commits, pullRequests, events, databaseBytes } = stored;
  return (
    <Text size="sm" c="dimmed">
      Stored: {count(repositories, 'repository', 'repositories')}, {count(commits, 'commit')},{' '}
      {count(pullRequests, 'pull request')}, {count(events, 'event')}. The whole database takes{' '}
      {fileSize(databaseBytes)}.
    </Text>
  );
}
