import { resolve } from 'node:path';
import type { Page } from 'playwright-core';
import type { Recorder } from './recorder.ts';

/** The clone's folder: what Electron is pointed at. */
export const APP_FOLDER = resolve(import.meta.dirname, '../../..');

export interface Launch {
  args: readonly string[];
  env: NodeJS.ProcessEnv;
}

/** A desktop app that runs. */
export interface RunningHost {
  readonly pid: number;
  /** The exit code; null: it was killed. */
  readonly exited: Promise<number | null>;
  /** Everything it has written so far, on both streams. */
  output(): string;
  /** The page of the window, as soon as there is one. */
  page(): Promise<Page>;
  /** What a page's address is called inside the app. */
  addressOf(page: Page): string;
  ask<N extends keyof Recorder>(name: N, ...args: Parameters<Recorder[N]>): Promise<ReturnType<Recorder[N]>>;
  /** Ends it, whatever it is doing. */
  kill(): Promise<void>;
}

/** What the built app runs on: Electron itself, or its stand-in. */
export interface DesktopHost {
  readonly name: 'Electron' | 'stand-in';
  start(launch: Launch): Promise<RunningHost>;
  /** A start that is expected to end by itself. */
  runToEnd(launch: Launch): Promise<{ code: number | null; output: string }>;
}
