import { stat } from 'node:fs/promises';
import type { Kysely } from 'kysely';
import type { Check } from '../../shared/app-views.ts';
import type { Schema } from '../storage/schema.ts';
import { isOpenToOthers, keyFilePath } from './file-source.ts';
import { sealedRecords } from './sealed-records.ts';
import type { Vault } from './vault.ts';

/**
 * What the vault claims about itself, tested now. Nothing here asks for the keychain: a closed vault stays closed, and
 * what cannot be tested without its key is inconclusive.
 */
export async function vaultChecks({ vault, db, dataDir }: VaultChecksParts): Promise<Check[]> {
  return [
    protection(vault),
    ...(vault.source === 'file' ? [await keyFileIsPrivate(dataDir)] : []),
    await everyRecordOpens(vault, db),
    await noKeyLeft(vault, db),
  ];
}

interface VaultChecksParts {
  vault: Vault;
  db: Kysely<Schema>;
  dataDir: string;
}

function protection(vault: Vault): Check {
  const { source, backend, state, problem } = vault.view();
  const check = { id: 'vault_protection', title: 'The master key is protected' };
  if (source === 'file') {
    return {
      ...check,
      verdict: 'unsafe',
      detail: `It lies in a ${backend}: whoever copies the data folder can read everything in it.`,
      remedy: 'Where there is a keychain, start with an empty data folder and without --vault=file.',
    };
  }
  if (problem !== null) {
    return { ...check, verdict: 'inconclusive', detail: `${state}: ${problem.message}`, remedy: problem.remedy };
  }
  const detail = {
    keychain: `It is an entry of the ${backend}; a copy of the data folder opens nothing without it.`,
    passphrase: 'It is wrapped under your passphrase; a copy of the data folder is as safe as that is hard to guess.',
  };
  return { ...check, verdict: 'safe', detail: detail[source], remedy: null };
}

/** Tested apart from opening: the mode may have been widened while the app runs. */
async function keyFileIsPrivate(dataDir: string): Promise<Check> {
  const check = { id: 'vault_key_file', title: 'Other users of this machine cannot read the key file' };
  const path = keyFilePath(dataDir);
  const found = await stat(path).catch(() => null);
  if (found === null || process.platform === 'win32') {
    const detail = found === null ? `There is no ${path}.` : `${path} has no mode on Windows; its folder decides.`;
    return { ...check, verdict: 'inconclusive', detail, remedy: null };
  }
  const open = isOpenToOthers(found.mode);
  return {
    ...check,
    verdict: open ? 'unsafe' : 'safe',
    detail: `${path} has mode ${(found.mode & 0o777).toString(8)}.`,
    remedy: open ? `Run: chmod 600 "${path}", then replace the key with: trackeep doctor --rotate-key` : null,
  };
}

async function everyRecordOpens(vault: Vault, db: Kysely<Schema>): Promise<Check> {
  const check = { id: 'vault_records', title: 'Every sealed record opens' };
  const { problem } = vault.view();
  if (problem !== null) {
    return { ...check, verdict: 'inconclusive', detail: 'The vault is closed.', remedy: problem.remedy };
  }
  const refused = new Set<string>();
  let opened = 0;
  for await (const { place, sealed } of sealedRecords(db)) {
    try {
      await vault.open(place, sealed);
      opened += 1;
    } catch {
      refused.add(`${place.table}.${place.column}`);
    }
  }
  if (refused.size === 0) return { ...check, verdict: 'safe', detail: `${opened} were tried.`, remedy: null };
  return {
    ...check,
    verdict: 'unsafe',
    detail: `Some were altered, moved or sealed elsewhere: ${[...refused].join(', ')}. ${opened} others open.`,
    remedy: 'Reconnect the accounts they belong to; enter the client secret again if it is one of them.',
  };
}

async function noKeyLeft(vault: Vault, db: Kysely<Schema>): Promise<Check> {
  const check = { id: 'vault_former_keys', title: 'Former master keys are gone' };
  const left = await db.selectFrom('vault_keys').select('key_id').where('state', '!=', 'current').execute();
  if (left.length === 0) return { ...check, verdict: 'safe', detail: 'There is only the current one.', remedy: null };
  return {
    ...check,
    verdict: 'inconclusive',
    detail: `${left.length} may still be in the ${vault.view().backend}. They are removed half a minute after a rotation.`,
    remedy: 'Run this again in a minute. If it stays, restart Trackeep Tray.',
  };
}
