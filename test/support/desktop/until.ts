import { setTimeout as pause } from 'node:timers/promises';

const BOUND_MS = 20_000;
const STEP_MS = 20;

/**
 * Waits for a condition, not for a time: asks `probe` until it answers something.
 * @throws Error naming `what`, after 20 s
 */
export async function until<T>(probe: () => T | Promise<T>, what: string): Promise<Something<T>> {
  const end = performance.now() + BOUND_MS;
  for (;;) {
    const value = await probe();
    if (isSomething(value)) return value;
    if (performance.now() > end) throw new Error(`Waited ${BOUND_MS / 1000} s in vain: ${what}.`);
    await pause(STEP_MS);
  }
}

export type Something<T> = Exclude<T, null | undefined | false>;

function isSomething<T>(value: T): value is Something<T> {
  return value !== null && value !== undefined && value !== false;
}
