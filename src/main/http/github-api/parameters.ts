import { z } from 'zod';
import { AppError } from '../../core/errors.ts';

/** As many rows as GitHub's own API gives. */
const USUAL_SIZE = 30;
const LARGEST_SIZE = 100;

/** The two that every list takes. */
export const Paging = {
  per_page: z.coerce.number().int().min(1).max(LARGEST_SIZE).default(USUAL_SIZE),
  cursor: z.string().max(2_000).optional(),
};

export const Search = z.string().max(200);

/** A time, ISO 8601 with its offset, or a day. */
export const Instant = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()])
  .transform((text) => new Date(text).toISOString());

/** Several words, separated by commas. */
export const Words = z.string().transform((text) => text.split(',').filter((word) => word !== ''));

/**
 * Reads the query string. What is empty counts as not given; what nobody knows is refused, so that a filter with a
 * slip of the pen in its name does not answer with everything.
 *
 * @throws AppError `bad_input`, naming the parameter
 */
export function parametersOf<T extends z.ZodObject>(schema: T, parameters: URLSearchParams): z.output<T> {
  const given: Record<string, string> = {};
  for (const [name, value] of parameters) {
    if (!Object.hasOwn(schema.shape, name)) {
      const known = Object.keys(schema.shape).join(', ');
      throw new AppError('bad_input', `There is no parameter ${JSON.stringify(name.slice(0, 40))} here.`, {
        remedy: `Use ${known}.`,
      });
    }
    if (Object.hasOwn(given, name)) throw new AppError('bad_input', `The parameter ${name} is given twice.`);
    if (value !== '') given[name] = value;
  }
  const read = schema.safeParse(given);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new AppError('bad_input', `The parameter ${String(issue?.path[0])} is wrong: ${issue?.message}.`);
}
