import { AppError } from '../core/errors.ts';

/**
 * Finds the one thing that is meant: by its whole id, or by a beginning that no other one has.
 *
 * @param what such a thing is called
 * @throws AppError `not_found`, or `bad_input` naming all that are meant
 */
export function pickById<T extends { readonly id: string }>(things: readonly T[], beginning: string, what: string): T {
  const matching = things.filter(({ id }) => id.startsWith(beginning));
  const [only, ...others] = matching;
  if (only === undefined) throw new AppError('not_found', `There is no ${what} "${beginning}".`);
  if (others.length === 0) return only;
  const whole = matching.find(({ id }) => id === beginning);
  if (whole !== undefined) return whole;
  throw new AppError('bad_input', `"${beginning}" can mean ${matching.map(({ id }) => id).join(', ')}.`, {
    remedy: 'Write more of the ID.',
  });
}

/** The beginning of a UUID that is enough to tell a few apart. */
export function shortId(id: string): string {
  return id.slice(0, 8);
}
