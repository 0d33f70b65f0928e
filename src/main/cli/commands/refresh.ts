import type { ConnectionView } from '../../../shared/connection-views.ts';
import { AppError, hasCode } from '../../core/errors.ts';
import type { Command, Invocation } from '../command.ts';
import { EXIT, exitCodeOf } from '../exit-codes.ts';
import { pickConnections } from '../pick-connections.ts';
import { relativeTime } from '../words.ts';

const LONGEST_MS = 30_000;

export const refresh: Command = {
  name: 'refresh',
  summary: 'Renew tokens now',
  description: [
    'Renews the token of one account, or of all, without waiting for its time; where a token cannot be renewed, asks the provider whether it still accepts it. It waits 30 seconds at most; the app goes on trying.',
  ],
  arguments: [{ name: 'ACCOUNT', text: 'Login, HOST/LOGIN, site or workspace, or id; without it, all accounts.' }],
  examples: ['trackeep refresh', 'trackeep refresh octocat'],

  async run(invocation) {
    const { argument, call, json, terminal } = invocation;
    const chosen = pickConnections(await call('connections.list', {}), argument('ACCOUNT'));
    const late = tooLate(invocation);
    const outcomes = await Promise.all(
      chosen.map(({ id }) => Promise.race([call('connections.refresh', { id }), late]).catch(expected)),
    );
    const told = chosen.map((connection, index) => ({ connection, outcome: outcomes[index] ?? connection }));
    if (json) terminal.json(told.map(({ connection, outcome }) => document(connection, outcome)));
    else for (const { connection, outcome } of told) tell(connection, outcome, invocation);
    const failures = outcomes.filter((outcome) => outcome instanceof AppError);
    const [first] = failures;
    if (first === undefined) return EXIT.fine;
    return chosen.length === 1 ? exitCodeOf(first.code) : EXIT.failed;
  },
};

async function tooLate({ clock }: Invocation): Promise<never> {
  await clock.sleep(LONGEST_MS);
  throw new AppError('offline', 'The provider has not answered for 30 seconds.');
}

/** Of several accounts one may fail; without the app nothing more is to be had. */
function expected(error: unknown): AppError {
  if (error instanceof AppError && !hasCode(error, 'app_not_running')) return error;
  throw error;
}

function document(connection: ConnectionView, outcome: ConnectionView | AppError) {
  if (!(outcome instanceof AppError)) return outcome;
  const { code, message, remedy } = outcome;
  return { id: connection.id, error: code, message, remedy };
}

function tell(
  { host, login }: ConnectionView,
  outcome: ConnectionView | AppError,
  { clock, terminal: { green, red, print, warn } }: Invocation,
): void {
  const name = `${host}/${login}`;
  if (outcome instanceof AppError) warn(`${red('▲')} ${name}: ${outcome.message}`, `  ${outcome.remedy}`);
  else if (outcome.accessExpiresAt === null) print(`${green('●')} ${name} is good, and does not expire`);
  else print(`${green('●')} ${name} is fresh, and expires ${relativeTime(outcome.accessExpiresAt, clock.now())}`);
}
