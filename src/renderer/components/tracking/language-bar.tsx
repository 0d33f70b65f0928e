import { Group, Progress, Text } from '@mantine/core';
import type { RepositoryDetails } from '../../../shared/tracking-views.ts';

/** Told apart from each other on both backgrounds; the words beside say which is which. */
const COLORS = ['accent.6', 'teal.6', 'orange.6', 'grape.6', 'gray.6'];
const MOST_SHOWN = 4;

/** What a repository is written in. */
export function LanguageBar({ languages }: { languages: RepositoryDetails['languages'] }) {
  const shown = languages.slice(0, MOST_SHOWN);
  const rest = languages.slice(MOST_SHOWN).reduce((sum, { share }) => sum + share, 0);
  const parts = rest > 0 ? [...shown, { name: 'Others', share: rest }] : shown;
  return (
    <div>
      <Progress.Root size="sm" aria-hidden>
        {parts.map(({ name, share }, index) => (
          <Progress.Section key={name} value={share * 100} color={COLORS[index] ?? 'gray.6'} />
        ))}
      </Progress.Root>
      <Group gap="0 1rem" mt={6} component="ul" p={0} style={{ listStyle: 'none' }}>
        {parts.map(({ name, share }) => (
          <Text key={name} component="li" size="sm">
            <bdi>{name}</bdi>{' '}
            <Text span c="dimmed">
              {(share * 100).toFixed(share < 0.1 ? 1 : 0)} %
            </Text>
          </Text>
        ))}
      </Group>
    </div>
  );
}
