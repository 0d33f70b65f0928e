import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { AppError } from '../core/errors.ts';

/**
 * Asks for the vault's passphrase on the terminal without showing it; for a new data folder twice, since a slip there
 * could never be found out again.
 *
 * @throws AppError `vault_passphrase_wrong` when the two differ, or nothing was typed
 */
export async function askPassphrase(dataDir: string): Promise<string> {
  const isNew = !existsSync(join(dataDir, 'trackeep.db'));
  const first = await askHidden(isNew ? 'Choose a passphrase for the vault: ' : 'Passphrase of the vault: ');
  if (first === '') throw new AppError('vault_passphrase_wrong', 'No passphrase was typed.');
  if (isNew && (await askHidden('Once more: ')) !== first) {
    throw new AppError('vault_passphrase_wrong', 'The two passphrases differ.', {
      remedy: 'Start again and type it twice.',
    });
  }
  return first;
}

async function askHidden(prompt: string): Promise<string> {
  // readline echoes what is typed to its output: this one swallows it. The prompt goes to standard error, which stays
  // readable when standard output is a pipe.
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: silent, terminal: true });
  process.stderr.write(prompt);
  try {
    return await lines.question('');
  } finally {
    lines.close();
    process.stderr.write('\n');
  }
}
