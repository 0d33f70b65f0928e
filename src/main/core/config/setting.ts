import { z } from 'zod';
import { AppError } from '../errors.ts';
import { createRedactor } from '../redact.ts';

/** What the documentation says of a setting; kept on the schema itself, so that the two cannot fall out of step. */
export interface Meaning {
  meaning: string;
  /** As a person would write it; none: the setting is unset by default. */
  default?: string;
  /** The flag of `trackeep serve` that wins over the variable. */
  flag?: string;
  /** A secret's value is never shown, not even in the message that it is wrong. */
  secret?: true;
}

const documentation = z.registry<Meaning>();

/** A variable that may be unset, with its documentation. */
export function setting<T extends z.ZodType>(schema: T, meaning: Meaning): z.ZodOptional<T> {
  const optional = schema.optional();
  documentation.add(optional, meaning);
  return optional;
}

/** What `setting` was given. */
export function meaningOf(schema: z.ZodOptional<z.ZodType>): Meaning {
  return documentation.get(schema) ?? { meaning: '' };
}

/**
 * @param problem such as "must be a whole number"
 * @param value to show, unless it is a secret
 */
export function invalid(name: string, problem: string, value: string | null | undefined): AppError {
  // A password in an address, or a token that was pasted into the wrong variable.
  const shown = typeof value === 'string' && value.length <= 100 ? ` (it is “${createRedactor().redact(value)}”)` : '';
  return new AppError('config_invalid', `${name} ${problem}${shown}.`, {
    remedy: `Correct ${name} and start again.`,
  });
}
