import type { SettingsFile } from '../../src/main/core/host.ts';

/** Settings that no disk keeps. */
export function memorySettings(content: Record<string, unknown>): SettingsFile {
  let stored = content;
  return {
    path: '/in/memory.json',
    read: () => stored,
    write(next) {
      stored = next;
    },
  };
}
