import type { AppError } from '../core/errors.ts';

/** An error as programs get it, over HTTP and from commands with --json: the code under `error`, then what helps. */
export function errorBody(error: AppError): Record<string, string | null> {
  const { code, ...rest } = error.toView();
  return { error: code, ...rest };
}
