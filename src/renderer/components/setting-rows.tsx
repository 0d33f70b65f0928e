import { Anchor, Group, NativeSelect, SegmentedControl, Switch, Text, TextInput } from '@mantine/core';
import { type FormEvent, type ReactNode, useEffect, useId, useState } from 'react';
import { HOUR_MS } from '../../shared/durations.ts';
import type { ErrorView } from '../../shared/errors.ts';
import type { SettingsView } from '../../shared/settings-views.ts';
import { every } from '../words/times.ts';
import classes from './setting-rows.module.css';
import { StateMark } from './state-mark.tsx';
import { type SettingField, useSetting } from './use-setting.ts';

interface RowProps {
  settings: SettingsView;
  label: string;
  description: string;
}

type SwitchField = { [F in SettingField]: SettingsView[F] extends boolean | null ? F : never }[SettingField];

/** A setting that is on or off. */
export function SwitchRow({ settings, field, label, description }: RowProps & { field: SwitchField }) {
  const setting = useSetting(settings, field);
  const id = useId();
  return (
    <Row {...setting} labelFor={id} label={label} description={description}>
      <Switch
        id={id}
        checked={settings[field] ?? false}
        disabled={setting.fixedBy !== null}
        onChange={(event) => setting.save(event.currentTarget.checked)}
        aria-describedby={`${id}-about`}
      />
    </Row>
  );
}

const INTERVALS = [HOUR_MS / 4, HOUR_MS, 6 * HOUR_MS, 12 * HOUR_MS, 24 * HOUR_MS, 7 * 24 * HOUR_MS];

/** How often to look for releases. An interval that is none of the usual ones is offered beside them. */
export function IntervalRow({ settings, label, description }: RowProps) {
  const setting = useSetting(settings, 'checkIntervalMs');
  const id = useId();
  const offered = [...new Set([...INTERVALS, settings.checkIntervalMs])].sort((a, b) => a - b);
  return (
    <Row {...setting} labelFor={id} label={label} description={description}>
      <NativeSelect
        id={id}
        value={String(settings.checkIntervalMs)}
        disabled={setting.fixedBy !== null || !settings.automaticChecks}
        onChange={(event) => setting.save(Number(event.currentTarget.value))}
        data={offered.map((ms) => ({ value: String(ms), label: every(ms) }))}
        aria-describedby={`${id}-about`}
      />
    </Row>
  );
}

/** The Trackeep version the person runs; saved on Enter or when the field is left. */
export function CurrentVersionRow({ settings, label, description }: RowProps) {
  const setting = useSetting(settings, 'currentVersion');
  const id = useId();
  const [text, setText] = useState(settings.currentVersion ?? '');
  useEffect(() => setText(settings.currentVersion ?? ''), [settings.currentVersion]);
  const save = () => {
    const value = text.trim() === '' ? null : text.trim();
    if (value !== settings.currentVersion) setting.save(value);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save();
  };
  return (
    <Row {...setting} labelFor={id} label={label} description={description}>
      <form onSubmit={submit}>
        <TextInput
          id={id}
          w={140}
          value={text}
          placeholder="1.3.0"
          maxLength={64}
          disabled={setting.fixedBy !== null}
          error={setting.error !== null}
          onChange={(event) => setText(event.currentTarget.value)}
          onBlur={save}
          aria-describedby={`${id}-about`}
        />
      </form>
    </Row>
  );
}

/** Light, dark, or as the system has it. */
export function ColorSchemeRow({ settings, label, description }: RowProps) {
  const setting = useSetting(settings, 'colorScheme');
  const id = useId();
  return (
    <Row {...setting} label={label} labelId={id} description={description}>
      <SegmentedControl
        aria-labelledby={id}
        value={settings.colorScheme}
        disabled={setting.fixedBy !== null}
        onChange={(value) => setting.save(value)}
        data={[
          { value: 'auto', label: 'System' },
          { value: 'light', label: 'Light' },
          { value: 'dark', label: 'Dark' },
        ]}
      />
    </Row>
  );
}

interface FrameProps {
  label: string;
  description: string;
  /** The control's id, where a label can point at it. */
  labelFor?: string;
  /** The label's own id, where the control points at it. */
  labelId?: string;
  fixedBy: string | null;
  pending: boolean;
  saved: boolean;
  undo: (() => void) | null;
  error: ErrorView | null;
  children: ReactNode;
}

/** Label and explanation on the left, the control on the right, what became of the last change below. */
function Row({ label, description, labelFor, labelId, fixedBy, saved, undo, error, children }: FrameProps) {
  return (
    <div className={classes.row}>
      <div className={classes.words}>
        <Group gap="xs" mih={26}>
          <Text component="label" id={labelId} htmlFor={labelFor} fw={500}>
            {label}
          </Text>
          <Group gap="xs" role="status">
            {saved && <StateMark word="Saved" shape="check" tone="good" size={16} />}
            {undo && (
              <Anchor component="button" type="button" size="sm" underline="always" onClick={undo}>
                Undo
              </Anchor>
            )}
          </Group>
        </Group>
        <Text size="sm" c="dimmed" id={labelFor && `${labelFor}-about`}>
          {description}
          {fixedBy !== null && (
            <>
              {' '}
              Fixed by <code>{fixedBy}</code> for this run.
            </>
          )}
        </Text>
        {error && (
          <Text size="sm" c="var(--tone-bad)" role="alert">
            {error.message} {error.remedy}
          </Text>
        )}
      </div>
      <div className={classes.control}>{children}</div>
    </div>
  );
}
