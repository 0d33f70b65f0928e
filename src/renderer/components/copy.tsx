import { ActionIcon, Button, Group, Text, Tooltip } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { IconCheck, IconCopy } from '@tabler/icons-react';

/** A button that copies `value` and says so. */
export function CopyButton({ value, label }: { value: string; label: string }) {
  const clipboard = useClipboard({ timeout: 2_500 });
  const words = clipboard.error ? 'Copying is not allowed here' : clipboard.copied ? 'Copied' : label;
  return (
    <Button
      variant="default"
      leftSection={clipboard.copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
      onClick={() => clipboard.copy(value)}
    >
      <span aria-live="polite">{words}</span>
    </Button>
  );
}

/**
 * An identifier, address or path that can be copied.
 *
 * @param what names it for the copy button, such as "the issuer's address"
 */
export function Copyable({ value, what }: { value: string; what: string }) {
  const clipboard = useClipboard({ timeout: 2_500 });
  const words = clipboard.error ? 'Copying is not allowed here' : clipboard.copied ? 'Copied' : `Copy ${what}`;
  return (
    <Group gap={4} wrap="nowrap" align="center" miw={0}>
      <Text span inherit ff="monospace" style={{ overflowWrap: 'anywhere' }}>
        {value}
      </Text>
      <Tooltip label={words}>
        <ActionIcon variant="subtle" color="gray" size="sm" aria-label={words} onClick={() => clipboard.copy(value)}>
          {clipboard.copied ? <IconCheck size={15} aria-hidden /> : <IconCopy size={15} aria-hidden />}
        </ActionIcon>
      </Tooltip>
    </Group>
  );
}
