import type { Octokit } from '@octokit/core';
import { z } from 'zod';
import type { Connections } from '../../connections/connections.ts';
import { pickAccount } from '../../connections/pick-account.ts';
import { AppError, hasCode } from '../../core/errors.ts';

/** The parameter with which tools let their caller choose. */
export const AccountParameter = z
  .string()
  .max(200)
  .optional()
  .describe('login or host/login of the account to act as. Needed only where several are connected.');

/**
 * GitHub's client for the account that is meant.
 *
 * @returns with it the account's name as other calls take it
 * @throws AppError `not_connected`; `account_ambiguous`, naming the choices
 */
export async function gitHubFor(
  connections: Pick<Connections, 'list' | 'github'>,
  account: string | undefined,
): Promise<{ github: Octokit; account: string }> {
  try {
    const { id, host, login } = pickAccount(await connections.list(), {
      platform: 'github',
      account,
      // Another server's accounts are only meant by name.
      isHere: ({ problem }) => problem?.code !== 'provider_not_configured',
    });
    return { github: await connections.github(id), account: `${host}/${login}` };
  } catch (error) {
    if (!hasCode(error, 'account_ambiguous')) throw error;
    throw new AppError('account_ambiguous', error.message, {
      remedy: 'Call again with the parameter "account" set to one of them.',
    });
  }
}
