import type { Migration } from 'kysely/migration';
import { firstVersion } from './migrations/0001-first-version.ts';
import { issuer } from './migrations/0002-issuer.ts';
import { broker } from './migrations/0003-broker.ts';
import { lookups } from './migrations/0004-lookups.ts';
import { tracking } from './migrations/0005-tracking.ts';
import { issuerRecordsInOrder } from './migrations/0006-issuer-records.ts';
import { auditStretches } from './migrations/0007-audit-stretches.ts';
import { auditAccounts } from './migrations/0008-audit-accounts.ts';

/**
 * Every step from an empty database to today's, by name and in the order of their names. A step that was once released
 * is never changed: the next one goes below it. There are no steps back: an older app refuses a newer database.
 *
 * The tables are STRICT, so a value of another type is an error where it is written and not a surprise where it is read.
 */
export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-first-version': { up: firstVersion },
  '0002-issuer': { up: issuer },
  '0003-broker': { up: broker },
  '0004-lookups': { up: lookups },
  '0005-tracking': { up: tracking },
  '0006-issuer-records': { up: issuerRecordsInOrder },
  '0007-audit-stretches': { up: auditStretches },
  '0008-audit-accounts': { up: auditAccounts },
};
