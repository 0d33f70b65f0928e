import { Button, Group, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useCommand } from '../data/app-link.tsx';

/** Asks which Trackeep the person runs, so that "newer" means something. */
export function CurrentVersionForm({ suggestion }: { suggestion: string | null }) {
  const set = useCommand('settings.set');
  const [version, setVersion] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (version.trim() !== '') set.mutate({ currentVersion: version });
  };
  return (
    <form onSubmit={submit}>
      <Group align="flex-end" gap="xs">
        <TextInput
          label="Which Trackeep version do you run?"
          description="Newer releases are measured against it."
          placeholder={suggestion ?? '1.3.0'}
          value={version}
          onChange={(event) => setVersion(event.currentTarget.value)}
          error={set.error ? `${set.error.view.message} ${set.error.view.remedy}` : null}
          maxLength={64}
          flex="1 1 14rem"
        />
        <Button type="submit" loading={set.isPending}>
          Save
        </Button>
      </Group>
    </form>
  );
}
