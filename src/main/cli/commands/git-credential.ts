import type { Input } from '../../../shared/contract.ts';
import { hasCode } from '../../core/errors.ts';
import type { AppConnection } from '../../http/socket-client.ts';
import type { Command, Invocation } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { type GitAttributes, readAttributes } from '../git-attributes.ts';
import { harmless, type Terminal } from '../terminal.ts';

type Address = Input<'credentials.get'>;

/** What GitHub takes as a user name beside a token, whoever's it is. */
const TOKEN_USER = 'x-access-token';

/** A token goes over TLS, or stays on this machine. */
const THIS_MACHINE = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/i;

export const gitCredential: Command = {
  name: 'git-credential',
  summary: 'Give git working tokens, as its credential helper',
  description: [
    'Speaks git’s own protocol on standard input and output (git help gitcredentials): get answers with a token of the account that fits the address best; store keeps nothing, for the vault has it already; erase, which is what git says when the server refused a token, has it renewed.',
    'For another host it answers nothing, and git asks its next helper; so it does where there is no token to be had, which standard error explains. `trackeep whoami --why` tells which account is chosen. Git tells the repository, and not only the host, if credential.useHttpPath is on.',
    'Git offers every token to all its helpers to keep. The empty helper before ours takes the others out for this host, so that none ends up in a file.',
  ],
  arguments: [{ name: 'OPERATION', required: true, values: ['get', 'store', 'erase'], text: 'What git wants.' }],
  examples: [
    "git config --global credential.https://github.com.helper ''",
    'git config --global --add credential.https://github.com.helper \\\n        "!trackeep git-credential"',
    'git config --global credential.https://github.com.useHttpPath true',
  ],

  async run(invocation) {
    const operation = invocation.argument('OPERATION');
    const attributes = readAttributes(0);
    if (operation === 'get') await get(attributes, invocation);
    if (operation === 'erase') await erase(attributes, invocation);
    return EXIT.fine;
  },
};

async function get(attributes: GitAttributes, { app, terminal }: Invocation): Promise<void> {
  const address = addressIn(attributes);
  if (address === null) return;
  const connection = await app();
  // One question: git waits, and each costs time.
  const credential = await connection.call('credentials.get', address);
  if (credential === null) {
    if (address.path === null) await tellWhatIsMissing(address, connection, terminal);
    return;
  }
  const { token, expiresAt } = credential;
  // After that time git asks again, instead of trying what another helper kept (git 2.40).
  const end = expiresAt === null ? [] : [`password_expiry_utc=${Math.floor(Date.parse(expiresAt) / 1000)}`];
  terminal.print(`username=${TOKEN_USER}`, `password=${token}`, ...end);
}

/** The one thing that keeps git from its token without anything being wrong. */
async function tellWhatIsMissing(address: Address, connection: AppConnection, terminal: Terminal): Promise<void> {
  const { candidates } = await connection.call('credentials.explain', address);
  const near = candidates.find(({ account }) => account.startsWith(`${address.host}/`));
  if (near !== undefined) terminal.warn(harmless(`trackeep: ${near.account}: ${near.reason}`));
}

async function erase(attributes: GitAttributes, { app }: Invocation): Promise<void> {
  const { username = TOKEN_USER, ...rest } = attributes;
  const address = addressIn(rest);
  // Under another name it was another helper's, or the person's own.
  if (address === null || username !== TOKEN_USER) return;
  try {
    const connection = await app();
    const { connectionId } = await connection.call('credentials.explain', address);
    if (connectionId !== null) await connection.call('connections.refresh', { id: connectionId });
  } catch (error) {
    // Then the token was not ours either.
    if (!hasCode(error, 'app_not_running')) throw error;
  }
}

/** @returns null where no token may go */
function addressIn({ protocol, host, path, username }: GitAttributes): Address | null {
  if (host === undefined || !(protocol === 'https' || (protocol === 'http' && THIS_MACHINE.test(host)))) return null;
  return { host, path: path ?? null, ...(username === undefined ? {} : { username }) };
}
