import { Text } from '@mantine/core';
import type { ClientView } from '../../shared/client-views.ts';
import { CLIENT_KINDS, isClaim } from '../words/clients.ts';
import { Time } from './time.tsx';

/**
 * How a program came to be known, and when: what a stranger with a borrowed name cannot make older.
 *
 * @param caution adds what a name is worth, where something is about to be decided
 */
export function Registration({
  client: { kind, registeredAt },
  caution = false,
}: {
  client: Pick<ClientView, 'kind' | 'registeredAt'>;
  caution?: boolean;
}) {
  return (
    <Text size="sm" c="dimmed" component="div">
      {CLIENT_KINDS[kind]}
      {registeredAt !== null && (
        <>
          {kind === 'dynamic' ? ' ' : ', first seen '}
          <Time iso={registeredAt} />
        </>
      )}
      .{isClaim(kind) && caution && ' Any program can take any name.'}
    </Text>
  );
}
