import { z } from 'zod';
import { type ErrorCode as Code, ERRORS, REMEDY_ACTIONS } from './error-codes.ts';

export { ERRORS };

export const RemedyAction = z.enum(REMEDY_ACTIONS);
export type RemedyAction = z.infer<typeof RemedyAction>;

export const ErrorCode = z.enum(Object.keys(ERRORS) as [Code, ...Code[]]);
export type ErrorCode = Code;

/** An error as a person or another program may see it. Never carries a secret, a stack or an internal detail. */
export const ErrorView = z.strictObject({
  code: ErrorCode,
  message: z.string(),
  remedy: z.string(),
  action: RemedyAction.nullable(),
  /** When trying again makes sense (ISO 8601), where that is known. */
  retryAt: z.iso.datetime().nullable(),
  /** The page that remedies it, for `open_url`. */
  url: z.url().nullable(),
});
export type ErrorView = z.infer<typeof ErrorView>;
