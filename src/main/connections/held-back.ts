import type { AppError } from '../core/errors.ts';
import type { Installation } from './installations.ts';
import type { Outages } from './outages.ts';
import { type Pauses, rateLimited } from './pauses.ts';
import type { Registry } from './registry.ts';
import type { Renewal } from './renewal.ts';

/** Why the provider must not be asked for a new token now; null: it may. A renewal under way is asked about already. */
export type HeldBack = (installation: Installation) => AppError | null;

export function createHeldBack(parts: {
  registry: Registry;
  renewal: Pick<Renewal, 'underWay'>;
  pauses: Pick<Pauses, 'until'>;
  outages: Pick<Outages, 'mayTry' | 'of'>;
}): HeldBack {
  const { registry, renewal, pauses, outages } = parts;
  return (installation) => {
    if (renewal.underWay(installation)) return null;
    const until = pauses.until(installation);
    if (until !== null) return rateLimited(registry.serving(installation).name, until);
    return outages.mayTry(installation.id) ? null : outages.of(installation.id);
  };
}
