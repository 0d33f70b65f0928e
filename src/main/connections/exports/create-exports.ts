import type { Kysely, Selectable } from 'kysely';
import type { ExportView } from '../../../shared/connection-views.ts';
import { ErrorView } from '../../../shared/errors.ts';
import type { Bus } from '../../core/bus.ts';
import type { Clock } from '../../core/clock.ts';
import { AppError, toAppError } from '../../core/errors.ts';
import { isoOrNull } from '../../core/iso-time.ts';
import type { Logger } from '../../core/logger.ts';
import type { Scheduler } from '../../core/scheduler.ts';
import type { ExportsTable, Schema } from '../../storage/schema.ts';
import type { Exports, Requester, UsableToken } from '../connections.ts';
import type { Installation, Installations } from '../installations.ts';
import { checkEnvFile, removeEnvFile, writeEnvFile } from './env-file.ts';
import { loginGitHubCli, logoutGitHubCli, type RunGitHubCli, runGitHubCli } from './github-cli.ts';

/** Between two looks beside those that a change brings about. */
const ROUND_MS = 60_000;
/** What failed is left alone for so long: each try is a hand-out in the audit log. */
const RETRY_MS = 5 * 60_000;

type Row = Selectable<ExportsTable>;

export interface ExportsParts {
  db: Kysely<Schema>;
  installations: Pick<Installations, 'find'>;
  /** A working token of one connection, with its audit row. */
  token(connectionId: string, requester: Requester): Promise<UsableToken>;
  clock: Clock;
  bus: Bus;
  scheduler: Pick<Scheduler, 'every'>;
  logger: Logger;
  run?: RunGitHubCli;
}

/** `Exports`, and what keeps them current. */
export interface KeptExports extends Exports {
  /** Writes what is older than its token, now and whenever a connection changes. @returns a function that ends it */
  start(): () => void;
  /**
   * Takes a connection's exports back, and then the connection itself by `remove`, with nothing written in between. An
   * export that cannot be taken back is no reason to keep the account.
   */
  withdraw<T>(installation: Installation, remove: () => Promise<T>): Promise<T>;
  /** Resolves when nothing is being written. */
  settled(): Promise<void>;
}

/** Tokens in places outside the vault, because the person asked for it: kept current, and taken away with the account. */
export function createExports(parts: ExportsParts): KeptExports {
  const { db, installations, token, clock, bus, scheduler, logger, run = runGitHubCli } = parts;
  let working: Promise<unknown> = Promise.resolve();
  /** When a row that could not be written may be tried again, on the monotonic clock. */
  const retries = new Map<string, number>();

  const rows = () => db.selectFrom('exports').selectAll().execute();
  const store = (row: Row) =>
    db
      .insertInto('exports')
      .values(row)
      .onConflict((conflict) => conflict.columns(['connection_id', 'target']).doUpdateSet(row))
      .execute();
  const forget = async ({ connection_id, target }: Row) => {
    await db.deleteFrom('exports').where('connection_id', '=', connection_id).where('target', '=', target).execute();
  };

  /** @returns the row as it is now */
  const write = async (row: Row): Promise<Row> => {
    const { connection_id: id, path } = row;
    if (path !== null) checkEnvFile(path);
    // Before the token is asked for: one that is renewed while it is being written is written again.
    const written = { ...row, written_at: clock.now(), problem: null };
    const { token: secret, host } = await token(id, { kind: 'export', id: path ?? 'gh', name: null });
    if (path === null) await loginGitHubCli(run, host, secret);
    else writeEnvFile(path, secret);
    await store(written);
    retries.delete(keyOf(row));
    return written;
  };

  const undo = async ({ path, connection_id: id }: Row) => {
    if (path !== null) return removeEnvFile(path);
    const installation = await installations.find(id);
    if (installation !== null) await logoutGitHubCli(run, installation.host, installation.login);
  };

  const isDue = async (row: Row): Promise<boolean> => {
    const since = (await installations.find(row.connection_id))?.tokenSince ?? null;
    if (since === null || (row.written_at !== null && row.written_at >= since)) return false;
    return (retries.get(keyOf(row)) ?? 0) <= clock.monotonic();
  };

  const bringUpToDate = async () => {
    for (const row of await rows()) {
      if (!(await isDue(row))) continue;
      try {
        await write(row);
      } catch (error) {
        logger.warn('an exported token could not be written', { connection: row.connection_id, to: row.target, error });
        retries.set(keyOf(row), clock.monotonic() + RETRY_MS);
        await store({ ...row, problem: JSON.stringify(toAppError(error).toView()) });
      }
    }
  };

  /** One after the other: two writers of one place would undo each other's work. */
  const queue = <T>(work: () => Promise<T>): Promise<T> => {
    const done = working.then(work);
    working = done.catch(() => undefined);
    return done;
  };

  /** @throws AppError `not_connected`, `bad_input` */
  const rowFor = async ({ connectionId, to, path }: Parameters<Exports['add']>[0]): Promise<Row> => {
    const installation = await installations.find(connectionId);
    if (installation === null) throw new AppError('not_connected', 'The account is not connected.');
    if (installation.platform !== 'github') {
      throw new AppError('bad_input', 'Only tokens of GitHub can be kept in a file or in the GitHub CLI.');
    }
    if ((to === 'env_file') !== (path !== null)) {
      throw new AppError('bad_input', to === 'gh' ? 'The GitHub CLI has its own place.' : 'Name the file.');
    }
    if (path !== null) checkEnvFile(path);
    const taken = (await rows()).some(
      (row) => row.path === path && path !== null && row.connection_id !== connectionId,
    );
    if (taken) throw new AppError('bad_input', `${path} holds the token of another account.`);
    return { connection_id: connectionId, target: to, path, written_at: null, problem: null };
  };

  return {
    async list() {
      return (await rows()).map(view);
    },

    add: (input) =>
      queue(async () => {
        const row = await rowFor(input);
        const earlier = (await rows()).find((one) => keyOf(one) === keyOf(row));
        // The row first: no token may lie anywhere that nobody remembers.
        await store(row);
        try {
          const written = await write(row);
          if (earlier && earlier.path !== row.path) await undo(earlier);
          return view(written);
        } catch (error) {
          if (row.path !== null && row.path !== earlier?.path) removeEnvFile(row.path);
          if (earlier) await store(earlier);
          else await forget(row);
          throw error;
        }
      }),

    remove: ({ connectionId, to }) =>
      queue(async () => {
        const row = (await rows()).find((one) => one.connection_id === connectionId && one.target === to);
        if (row === undefined) throw new AppError('not_found', 'There is no such export.');
        await undo(row);
        await forget(row);
      }),

    start() {
      let waiting = false;
      const look = async () => {
        if (waiting) return;
        waiting = true;
        await queue(() => {
          waiting = false;
          return bringUpToDate();
        }).catch((error: unknown) => logger.warn('the exports could not be looked through', { error }));
      };
      void look();
      const rounds = scheduler.every('exports', { intervalMs: () => ROUND_MS, jitter: 0.5, task: look });
      const deafen = bus.on('connections', () => void look());
      return () => {
        deafen();
        rounds.stop();
      };
    },

    withdraw: (installation, remove) =>
      queue(async () => {
        for (const row of (await rows()).filter((one) => one.connection_id === installation.id)) {
          await undo(row).catch((error: unknown) =>
            logger.warn('an exported token could not be taken away', { to: row.target, error }),
          );
        }
        return remove();
      }),

    async settled() {
      await working;
    },
  };
}

function keyOf({ connection_id, target }: Row): string {
  return `${connection_id} ${target}`;
}

function view(row: Row): ExportView {
  return {
    connectionId: row.connection_id,
    to: row.target === 'gh' ? 'gh' : 'env_file',
    path: row.path,
    writtenAt: isoOrNull(row.written_at),
    problem: ErrorView.nullable()
      .catch(null)
      .parse(row.problem === null ? null : JSON.parse(row.problem)),
  };
}
