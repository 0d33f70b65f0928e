import type { Emulator } from 'emulate';
import { AppError } from '../core/errors.ts';
import type { PublishedRelease } from './release-catalogue.ts';

export interface EmulatedUser {
  login: string;
  name?: string;
  email?: string;
}

/** `emulate`'s GitHub, seeded and listening. */
export interface Upstream {
  /** Sends a request on, as `login` or as nobody. */
  send(request: {
    method: string;
    pathAndQuery: string;
    headers: Headers;
    body: Uint8Array<ArrayBuffer> | null;
  }): Promise<{
    status: number;
    headers: Headers;
    text: string;
  }>;
  /** A header that makes a request one of this user. */
  authorization(login: string): string;
  close(): Promise<void>;
}

export interface Repository {
  owner: string;
  name: string;
}

/** A repository that somebody has. */
export interface EmulatedRepository extends Repository {
  description: string;
  private: boolean;
  language: string;
}

/**
 * Starts `emulate` with these users and the repository. It lies outside the bundles, since only demo and tests need it.
 *
 * @throws AppError `demo_unavailable` where it is not installed, or listens elsewhere than asked
 */
export async function startUpstream(options: {
  users: readonly EmulatedUser[];
  repository: Repository;
  others: readonly EmulatedRepository[];
  /** Where the outside believes GitHub to be: written into every address of an answer. */
  origin: string;
}): Promise<Upstream> {
  const { repository, origin } = options;
  const users = [...options.users, { login: repository.owner }];
  const emulator = await start({
    tokens: Object.fromEntries(users.map(({ login }) => [seedToken(login), { login, scopes: ['repo', 'user'] }])),
    github: {
      users,
      repos: [{ owner: repository.owner, name: repository.name, description: 'Trackeep' }, ...options.others],
    },
  });
  const claimed = new URL(emulator.url);
  if (claimed.hostname !== 'localhost') {
    await emulator.close();
    throw new AppError('demo_unavailable', `The emulated GitHub would answer as ${claimed.host}.`, {
      remedy: 'Remove EMULATE_BASE_URL and PORTLESS_URL from the environment and start again.',
    });
  }
  const base = `http://127.0.0.1:${claimed.port}`;
  const outside = (text: string) => text.replaceAll(claimed.origin, origin);

  return {
    async send({ method, pathAndQuery, headers, body }) {
      const answer = await fetch(`${base}${pathAndQuery}`, { method, headers, body, redirect: 'manual' });
      const link = answer.headers.get('link');
      const kept = new Headers(answer.headers);
      if (link !== null) kept.set('link', outside(link));
      return { status: answer.status, headers: kept, text: outside(await answer.text()) };
    },
    authorization: (login) => `Bearer ${seedToken(login)}`,
    close: () => emulator.close(),
  };
}

async function start(seed: Record<string, unknown>): Promise<Emulator> {
  const { createEmulator } = await import('emulate').catch((cause: unknown) => {
    throw new AppError('demo_unavailable', 'The emulated GitHub (the package "emulate") is not installed.', { cause });
  });
  return createEmulator({ service: 'github', port: 0, seed });
}

/** Publishes a release in emulate's repository; `emulate` keeps the name of a file, and nothing else of it. */
export async function publishUpstream(
  upstream: Upstream,
  repository: Repository,
  release: PublishedRelease,
): Promise<void> {
  const headers = new Headers({
    authorization: upstream.authorization(repository.owner),
    'content-type': 'application/json',
  });
  const releases = `/repos/${repository.owner}/${repository.name}/releases`;
  const created = await upstream.send({
    method: 'POST',
    pathAndQuery: releases,
    headers,
    body: Buffer.from(
      JSON.stringify({
        tag_name: release.tag,
        name: release.name ?? release.tag,
        body: release.notes ?? null,
        draft: release.draft ?? false,
        prerelease: release.prerelease ?? false,
      }),
    ),
  });
  if (created.status !== 201) throw new TypeError(`emulate refused the release ${release.tag}: ${created.text}`);
  const { id } = JSON.parse(created.text) as { id: number };
  await Promise.all(
    (release.files ?? []).map((file) =>
      upstream.send({
        method: 'POST',
        pathAndQuery: `${releases}/${id}/assets?name=${encodeURIComponent(file.name)}`,
        headers,
        body: Buffer.alloc(0),
      }),
    ),
  );
}

const seedToken = (login: string) => `seeded_${login}`;
