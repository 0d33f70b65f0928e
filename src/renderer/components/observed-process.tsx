import { Text } from '@mantine/core';
import { claim } from '../../shared/claims.ts';
import type { ProcessView } from '../../shared/client-views.ts';
import { Time } from './time.tsx';

/** The program behind a connection, told as what it is: something that this machine saw, at a time. */
export function ObservedProcess({ process }: { process: ProcessView | null }) {
  if (process === null) return 'could not be told';
  return (
    <>
      <bdi>{claim(process.name) ?? 'a program'}</bdi>
      <Text size="sm" c="dimmed" component="div">
        {process.path !== null && (
          <>
            <bdi>{process.path}</bdi>,{' '}
          </>
        )}
        process {process.pid}, seen <Time iso={process.observedAt} />
      </Text>
    </>
  );
}
