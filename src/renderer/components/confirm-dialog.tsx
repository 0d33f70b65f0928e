import { Button, Group, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import type { CallError } from '../client/client.ts';
import { Dialog } from './dialog.tsx';
import { ErrorNotice } from './error-notice.tsx';

/**
 * Asks before something is lost. What will be lost is said inside; the safe answer has the focus.
 *
 * @param keep the safe answer in words
 * @param act the other one
 * @param destructive whether something is lost that cannot be made again by a click
 */
export function ConfirmDialog({
  opened,
  onClose,
  title,
  keep,
  act,
  destructive = true,
  onConfirm,
  pending,
  error,
  children,
}: {
  opened: boolean;
  onClose: () => void;
  title: string;
  keep: string;
  act: string;
  destructive?: boolean;
  onConfirm: () => void;
  pending: boolean;
  error: CallError | null;
  children: ReactNode;
}) {
  return (
    <Dialog opened={opened} onClose={onClose} title={title}>
      <Stack>
        {children}
        {error && <ErrorNotice error={error.view} onRetry={onConfirm} onLeave={onClose} retrying={pending} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus>
            {keep}
          </Button>
          <Button {...(destructive ? { color: 'red.8' } : {})} onClick={onConfirm} loading={pending}>
            {act}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
