import type { Octokit } from '@octokit/core';
import { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import type { TrackeepUser } from './session-tokens.ts';

const User = z.object({
  id: z.int().positive(),
  login: z.string().min(1).max(200),
  name: z.string().max(500).nullish().catch(null),
  email: z.string().max(320).nullish().catch(null),
  avatar_url: z.url().nullish().catch(null),
});

/**
 * Who the account is, as Trackeep wants to know it.
 * @throws AppError as `Connections.github` says
 */
export async function readUser(github: Octokit): Promise<TrackeepUser> {
  const { data } = await github.request('GET /user');
  const user = User.safeParse(data);
  if (!user.success) throw new AppError('provider_error', 'GitHub did not say whose account it is.');
  const { id, login, name, email, avatar_url: avatar } = user.data;
  return { id, github_id: id, username: login, email: email ?? '', name: name ?? '', avatar_url: avatar ?? '' };
}
