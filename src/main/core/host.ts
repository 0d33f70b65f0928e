import type { NoticeView } from '../../shared/app-views.ts';

/** Where the person's settings are kept: `electron-store` on the desktop, `conf` headless; both are this. */
export interface SettingsFile {
  /** Absolute path, for error messages. */
  readonly path: string;
  /** The whole content. */
  read(): Record<string, unknown>;
  /** Replaces the whole content, atomically. */
  write(content: Record<string, unknown>): void;
}

/**
 * The small set of things that differ between the desktop and the headless host. Everything else is the same code.
 */
export interface Host {
  readonly kind: 'desktop' | 'headless';
  /** Opens the settings file in the data folder. */
  openSettings(dataDir: string): SettingsFile;
  /** Shows a native notification. Headless there is none; the web UI gets the same notice as an event. */
  notify(notice: NoticeView): void;
  /** Shows a file in the file manager, where there is one. */
  revealFile(path: string): void;
  /** Brings the window to the front; answers null, or headless a fresh one-time link into the web UI. */
  open(): Promise<string | null>;
  /** Ends the process in good order. */
  quit(): void;
  /** Calls `fn` each time the machine wakes up; answers a function that stops that. */
  onResume(fn: () => void): () => void;
  /** Start at login, where the host can do it. */
  readonly loginItem: { get(): boolean; set(on: boolean): void } | null;
}
