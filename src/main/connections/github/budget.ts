import type { Clock } from '../../core/clock.ts';
import type { Budget, BudgetResource } from '../connections.ts';

type Headers = Readonly<Record<string, string | number | undefined>>;

/**
 * What GitHub says is left of its hourly limits, an account and resource each. Kept in memory only: the first answer
 * after a start tells it again.
 */
export interface Budgets {
  /** Notes what an answer tells, whatever its status. @param headers lower-case names */
  note(installationId: string, headers: Headers): void;
  of(installationId: string): Budget;
  forget(installationId: string): void;
}

const RESOURCES: readonly BudgetResource[] = ['core', 'graphql'];
/** GitHub counts by the hour. A reset that is further away than this is no time that could be waited for. */
const LONGEST_MS = 2 * 3_600_000;

export function createBudgets({ clock }: { clock: Clock }): Budgets {
  const budgets = new Map<string, Budget>();
  return {
    note(id, headers) {
      const resource = RESOURCES.find((name) => name === headers['x-ratelimit-resource']);
      const told = read(headers, clock.now());
      if (resource === undefined || told === null) return;
      const known = budgets.get(id)?.[resource];
      // Answers overtake each other. Within one hour the count only falls, so the lower one is the later one.
      if (known !== undefined && isSameHour(known, told)) told.remaining = Math.min(told.remaining, known.remaining);
      budgets.set(id, { ...budgets.get(id), [resource]: told });
    },
    of(id) {
      const now = clock.now();
      const known = Object.entries(budgets.get(id) ?? {});
      return Object.fromEntries(known.filter(([, { resetAt }]) => resetAt > now && resetAt <= now + LONGEST_MS));
    },
    forget: (id) => void budgets.delete(id),
  };
}

/** The reset, by our clock: GitHub's is taken against the time of its own answer, since our clock may be hours off. */
function read(headers: Headers, now: number) {
  const [limit, remaining, reset] = ['limit', 'remaining', 'reset'].map((name) =>
    number(headers[`x-ratelimit-${name}`]),
  );
  if (limit == null || remaining == null || reset == null) return null;
  const date = Date.parse(String(headers.date));
  const resetAt = reset * 1_000 + (Number.isFinite(date) ? now - date : 0);
  return { limit, remaining, resetAt };
}

function number(header: string | number | undefined): number | null {
  const value = header === undefined || header === '' ? Number.NaN : Number(header);
  return Number.isSafeInteger(value) && value >= 0 ? value : null;
}

/** GitHub names the reset in whole seconds, and a busy machine reads the answer a while after it was written. */
function isSameHour(one: { limit: number; resetAt: number }, other: { limit: number; resetAt: number }): boolean {
  return one.limit === other.limit && Math.abs(one.resetAt - other.resetAt) < 60_000;
}
