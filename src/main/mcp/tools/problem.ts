import { z } from 'zod';
import type { ErrorView } from '../../../shared/errors.ts';

/** Trouble that an answer tells of, beside a call that fails. */
export const Problem = z.strictObject({ code: z.string(), message: z.string(), remedy: z.string() });

export function problemOf(error: ErrorView | null): z.infer<typeof Problem> | null {
  return error && { code: error.code, message: error.message, remedy: error.remedy };
}
