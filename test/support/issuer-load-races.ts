/** Refreshes that meet revocations and each other, sent by programs of their own, at the real app. */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect } from 'vitest';
import { type AppConnection, connectToApp } from '../../src/main/http/socket-client.ts';
import { cleanEnvironment, startApp } from './app.ts';
import type { Order, Report } from './issuer-load-child.ts';
import { toolCall } from './issuer-load-client.ts';
import { freePort, type StoredToken, storeGrants } from './issuer-load-store.ts';
import { post, refresh } from './oauth-client.ts';
import { pick, seededRandom } from './seeded-random.ts';

const CHILD = resolve(import.meta.dirname, 'issuer-load-child.ts');
const PROGRAMS = 4;
/** A refresh takes a few ms: a revocation may fall before, into and after it. */
const LATEST_MS = 6;
const INTROSPECTION_TOKEN = 'introspection-of-the-races-0123456789';

/** The app with stored grants, and the programs that use them. */
interface Track {
  issuer: string;
  link: AppConnection;
  tokens: StoredToken[];
  programs: Program[];
}

interface Program {
  /** @returns the answer to a form that it posts */
  send(url: string, form: Record<string, string>, afterMs?: number): Promise<Omit<Report, 'id'>>;
  stop(): void;
}

/**
 * A grant is revoked while it is refreshed. Once the revocation is answered, nothing of the grant is good: neither what
 * the refresh was answered with, nor what it began with.
 */
export async function raceRevocations({ rounds, seed }: { rounds: number; seed: number }): Promise<void> {
  const random = seededRandom(seed);
  await withTrack(rounds, async ({ issuer, link, tokens, programs }) => {
    const [refresher, revoker] = programs as [Program, Program];
    let met = 0;
    for (const [round, token] of tokens.entries()) {
      const first = await refresh(issuer, token.clientId, token.refreshToken);
      expect(first.status, `round ${round}, seed ${seed}`).toBe(200);
      const { access_token: access, refresh_token: live = '' } = first.body;
      const way = pick(random, ['by refresh token', 'by access token', 'by the person'] as const);
      const story = `round ${round} of seed ${seed}, revoked ${way}`;
      const revokeAfterMs = random() * LATEST_MS;

      const [answer] = await Promise.all([
        refresher.send(`${issuer}/token`, refreshForm(token.clientId, live), random() * LATEST_MS),
        way === 'by the person'
          ? revokeByHand(link, token.clientId, revokeAfterMs)
          : revoker
              .send(
                `${issuer}/revoke`,
                { token: way === 'by access token' ? access : live, client_id: token.clientId },
                revokeAfterMs,
              )
              .then(({ status }) => expect(status, story).toBe(200)),
      ]);
      if (answer.status === 200) met += 1;
      else expect(answer, story).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
      const given = answer.status === 200 ? answer.body : {};
      for (const left of [access, live, given.access_token, given.refresh_token]) {
        if (typeof left === 'string') expect(await isActive(issuer, left), story).toBe(false);
      }
      if (typeof given.access_token === 'string') expect(await toolCall(issuer, given.access_token), story).toBe(401);
      if (typeof given.refresh_token === 'string') {
        const heir = await refresh(issuer, token.clientId, given.refresh_token);
        expect(heir, story).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
      }
    }
    // Or it was no race.
    expect(met, `refreshes that came first, seed ${seed}`).toBeGreaterThan(rounds / 20);
    expect(met, `refreshes that came first, seed ${seed}`).toBeLessThan(rounds - rounds / 20);
  });
}

/**
 * Several programs present one refresh token at once, as they do when they share a client's file. All get one and the
 * same successor, which is good: nobody has replayed anything.
 */
export async function raceRefreshes({ rounds, seed }: { rounds: number; seed: number }): Promise<void> {
  const random = seededRandom(seed);
  await withTrack(10, async ({ issuer, tokens, programs }) => {
    const live = tokens.map(({ refreshToken }) => refreshToken);
    for (let round = 0; round < rounds; round += 1) {
      const story = `round ${round} of seed ${seed}`;
      const which = Math.floor(random() * tokens.length);
      const clientId = tokens[which]?.clientId ?? '';
      const form = refreshForm(clientId, live[which] ?? '');
      const answers = await Promise.all(
        programs.map((program) => program.send(`${issuer}/token`, form, random() < 0.5 ? 0 : random() * LATEST_MS)),
      );
      expect(
        answers.map(({ status }) => status),
        `${story}: ${JSON.stringify(answers)}`,
      ).toEqual(programs.map(() => 200));
      const successors = new Set(answers.map(({ body }) => String(body.refresh_token)));
      expect(successors.size, story).toBe(1);
      const [successor = ''] = successors;
      for (const { body } of answers) expect(await isActive(issuer, String(body.access_token)), story).toBe(true);
      expect(await isActive(issuer, live[which] ?? ''), story).toBe(false);
      expect(await isActive(issuer, successor), story).toBe(true);
      live[which] = successor;
    }
  });
}

function refreshForm(clientId: string, token: string): Record<string, string> {
  return { grant_type: 'refresh_token', client_id: clientId, refresh_token: token };
}

async function revokeByHand(link: AppConnection, clientId: string, afterMs: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, afterMs));
  await link.call('clients.revoke', { id: clientId });
}

async function isActive(issuer: string, token: string): Promise<unknown> {
  const headers = { authorization: `Bearer ${INTROSPECTION_TOKEN}` };
  return (await post(`${issuer}/introspect`, { token }, headers)).body.active;
}

async function withTrack(grants: number, race: (track: Track) => Promise<void>): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'tt-issuer-races-'));
  const programs: Program[] = [];
  try {
    const port = await freePort();
    const scope = 'openid installations:read';
    const tokens = await storeGrants(dataDir, { port, grants, tokens: grants, grantsOfAClient: 1, scope });
    const app = await startApp({
      dataDir,
      args: ['--port', String(port)],
      env: { INTROSPECTION_TOKEN, REFRESH_TOKEN_GRACE: '1m' },
    });
    try {
      const link = await connectToApp(dataDir);
      while (programs.length < PROGRAMS) programs.push(startProgram());
      await race({ issuer: app.ready.issuer, link, tokens, programs });
      link.close();
    } finally {
      await app.stop();
    }
  } finally {
    for (const program of programs) program.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

function startProgram(): Program {
  const child: ChildProcess = fork(CHILD, { env: cleanEnvironment(), stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const waiting = new Map<number, { resolve(report: Report): void; reject(error: Error): void }>();
  let last = 0;
  child.on('message', (report: Report) => {
    waiting.get(report.id)?.resolve(report);
    waiting.delete(report.id);
  });
  child.on('exit', (code) => {
    for (const { reject } of waiting.values()) reject(new Error(`A program ended with ${code}.`));
  });
  return {
    send: (url, form, afterMs = 0) =>
      new Promise<Report>((resolve, reject) => {
        last += 1;
        waiting.set(last, { resolve, reject });
        child.send({ id: last, afterMs, url, form } satisfies Order);
      }),
    stop: () => child.disconnect(),
  };
}
