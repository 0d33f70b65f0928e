import { ActionIcon, Anchor, Button, Group, Text, TextInput, Tooltip } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { type FormEvent, useId, useState } from 'react';
import { StateMark } from './state-mark.tsx';
import type { useSetting } from './use-setting.ts';

/** The state of a setting that is a list, as its parts below need it. */
type ListSetting = Pick<ReturnType<typeof useSetting>, 'pending' | 'saved' | 'undo' | 'error'>;

/**
 * Adds an address to a list that is saved at once.
 *
 * @param onAdd takes what was typed in; what is wrong with it comes back as a sentence, null: it was taken
 */
export function AddAddress({
  label,
  placeholder,
  setting,
  onAdd,
}: {
  label: string;
  placeholder: string;
  setting: ListSetting;
  onAdd: (text: string) => string | null;
}) {
  const [text, setText] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const complaint = problem ?? (setting.error && `${setting.error.message} ${setting.error.remedy}`);
  const id = useId();

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const wrong = onAdd(text.trim());
    setProblem(wrong);
    if (wrong === null) setText('');
  };
  return (
    <form onSubmit={submit} noValidate>
      <Group align="flex-end" gap="xs">
        <TextInput
          label={label}
          placeholder={placeholder}
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value);
            setProblem(null);
          }}
          error={complaint !== null}
          aria-describedby={id}
          inputMode="url"
          autoComplete="off"
          spellCheck={false}
          maxLength={2048}
          flex="1 1 14rem"
        />
        <Button type="submit" variant="default" loading={setting.pending}>
          Add
        </Button>
      </Group>
      <Text id={id} size="sm" c="var(--tone-bad)" mt={4} role="alert">
        {complaint}
      </Text>
    </form>
  );
}

/** Takes `address` off its list. */
export function RemoveAddress({ address, onRemove }: { address: string; onRemove: () => void }) {
  return (
    <Tooltip label={`Remove ${address}`}>
      <ActionIcon variant="subtle" color="gray" aria-label={`Remove ${address}`} onClick={onRemove}>
        <IconTrash size={17} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
}

/** Says for a while that the last change is saved, and takes it back. */
export function LastChange({ setting }: { setting: ListSetting }) {
  return (
    <Group gap="xs" mt={6} role="status">
      {setting.saved && <StateMark word="Saved" shape="check" tone="good" size={16} />}
      {setting.undo && (
        <Anchor component="button" type="button" size="sm" underline="always" onClick={setting.undo}>
          Undo
        </Anchor>
      )}
    </Group>
  );
}
