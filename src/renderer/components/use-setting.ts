import { useEffect, useState } from 'react';
import type { SettingsPatch, SettingsView } from '../../shared/settings-views.ts';
import { useCommand } from '../data/app-link.tsx';

export type SettingField = keyof SettingsPatch & keyof SettingsView;

/** How long "Saved" and its Undo stay, ms: long enough to read and to change one's mind. */
const SAVED_MS = 8_000;

/** One setting: saved at once, saying so for a while, and taken back by one click. */
export function useSetting<F extends SettingField>(settings: SettingsView, field: F) {
  const command = useCommand('settings.set');
  const [saved, setSaved] = useState<{ before: SettingsView[F] | undefined } | null>(null);

  useEffect(() => {
    if (!saved) return;
    const timer = setTimeout(() => setSaved(null), SAVED_MS);
    return () => clearTimeout(timer);
  }, [saved]);

  /** @param before what an undo brings back; left out where the change is an undo itself */
  const write = (value: SettingsView[F], before?: SettingsView[F]) =>
    command.mutate({ [field]: value }, { onSuccess: () => setSaved({ before }) });

  const before = saved?.before;
  return {
    save: (value: SettingsView[F]) => write(value, settings[field]),
    /** The environment variable that fixes it for this run. */
    fixedBy: settings.fixedBy[field] ?? null,
    pending: command.isPending,
    saved: saved !== null,
    undo: before === undefined ? null : () => write(before),
    error: command.error?.view ?? null,
  };
}
