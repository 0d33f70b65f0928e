import type { AuditView } from '../../../shared/connection-views.ts';
import { requesterInWords } from '../../../shared/requesters.ts';
import { iso } from '../../core/iso-time.ts';
import type { Prepare } from '../../storage/store.ts';
import type { Requester } from '../connections.ts';
import type { AuditKey } from './audit-key.ts';
import { BEGINNING, endMac, rowsMac, sameMac, UNDER_A_LATER_ONE } from './chain.ts';
import type { HandOut } from './hand-outs.ts';
import { noteAccounts } from './stretches.ts';

/** The same requester's use of an account is noted at the account at most this often; the log has every one. */
const USE_STAMP_MS = 60_000;

/** More in one statement bring no more. */
const ROWS_AT_ONCE = 16;
/** For one row, for two, and so on. */
const INSERTS = Array.from(
  { length: ROWS_AT_ONCE },
  (_, more) => `insert into audit (number, entry, mac) values (?, ?, ?)${', (?, ?, ?)'.repeat(more)}`,
);

/**
 * Writes a row for each hand-out, in their order, and at each account that it was used. The rows come under one MAC, at
 * the last of them: one for each takes as long as a third of all that is written here.
 *
 * @param now ms since the epoch
 * @returns false if the log has another key by now: then nothing was written
 */
export function appendRows(prepare: Prepare, key: AuditKey, handOuts: readonly HandOut[], now: number): boolean {
  if (handOuts.length === 0) return true;
  const head = prepare<[], Head>('select sealed_key, last_number, head_mac from audit_head').get();
  if (head?.sealed_key !== key.sealed) return false;
  const last = prepare<[], Link>('select number, mac from audit order by number desc limit 1').get();

  let { number, mac } = last ?? { number: 0, mac: BEGINNING };
  const whole = number === head.last_number && sameMac(head.head_mac, endMac(key.mac, { number, mac }));
  if (!whole) {
    // Somebody cut the log. To go on from what is left would cover that up: this row follows nothing, so that the check
    // finds the place for ever.
    number = Math.max(number, head.last_number);
    mac = BEGINNING;
  }
  const at = iso(now);
  const stamped = new Map<string, string>();
  const together = rowsMac(key.mac, mac);
  const rows = handOuts.map((handOut) => {
    number += 1;
    const row = { number, entry: JSON.stringify(entryOf(handOut, at)), connectionId: handOut.installation.id };
    together.add(row);
    stampUse(prepare, handOut, now, stamped);
    return row;
  });
  mac = together.end();
  for (let start = 0; start < rows.length; start += ROWS_AT_ONCE) {
    const some = rows.slice(start, start + ROWS_AT_ONCE);
    const values: (number | string)[] = [];
    for (const row of some) values.push(row.number, row.entry, row.number === number ? mac : UNDER_A_LATER_ONE);
    prepare(INSERTS[some.length - 1] ?? '').run(values);
  }
  noteAccounts(prepare, rows);
  prepare<[number, string]>('update audit_head set last_number = ?, head_mac = ?').run(
    number,
    endMac(key.mac, { number, mac }),
  );
  return true;
}

interface Head {
  sealed_key: string;
  last_number: number;
  head_mac: string;
}

interface Link {
  number: number;
  mac: string;
}

/** @param stamped who used which account last, as far as this transaction has come */
function stampUse(
  prepare: Prepare,
  { installation, requester, lastUse: { at, by } }: HandOut,
  now: number,
  stamped: Map<string, string>,
): void {
  const who = inWords(requester);
  const before = stamped.get(installation.id);
  if (before === who) return;
  stamped.set(installation.id, who);
  // A time to come is that of a clock that was set back since.
  if (before === undefined && by === who && at !== null && now >= at && now - at < USE_STAMP_MS) return;
  prepare<[number, string, string]>('update installations set last_used_at = ?, last_used_by = ? where id = ?').run(
    now,
    who,
    installation.id,
  );
}

/** Clients keep their names, and making words of one takes longer than to write its row. */
const words = new WeakMap<Requester, string>();

function inWords(requester: Requester): string {
  const known = words.get(requester);
  if (known !== undefined) return known;
  const made = requesterInWords(requester);
  words.set(requester, made);
  return made;
}

function entryOf({ installation, requester, narrowing, expiry }: HandOut, at: string): Omit<AuditView, 'number'> {
  const { id, platform, host, login } = installation;
  return {
    at,
    requester,
    connectionId: id,
    platform,
    account: `${host}/${login}`,
    narrowedTo: narrowing,
    expiresAt: expiry,
  };
}
