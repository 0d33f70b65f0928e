import { AppError } from '../../core/errors.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { table } from '../words.ts';

export const whoami: Command = {
  name: 'whoami',
  summary: 'Show which account git gets a token of, and why',
  description: [
    'Names the account that `trackeep git-credential` takes for an address; with --why, all accounts with the reason for or against each.',
  ],
  arguments: [
    { name: 'ADDRESS', required: true, text: 'A repository’s address, such as https://github.com/acme/garden.' },
  ],
  options: [{ name: 'why', text: 'Say why, and why not the others.' }],
  examples: ['trackeep whoami --why https://github.com/acme/garden'],

  async run({ argument, call, has, json, terminal }) {
    const address = addressOf(argument('ADDRESS') ?? '');
    const choice = await call('credentials.explain', address);
    const chosen = choice.candidates.find(({ connectionId }) => connectionId === choice.connectionId);
    const code = chosen === undefined ? EXIT.signInNeeded : EXIT.fine;
    if (json) {
      terminal.json(choice);
      return code;
    }
    terminal.print(chosen?.account ?? `No account fits ${address.host}; git asks its next helper.`);
    if (!has('why') || choice.candidates.length === 0) return code;
    terminal.print(
      ...table(
        choice.candidates.map((candidate) => [
          candidate === chosen ? '●' : candidate.fits ? '○' : '–',
          candidate.account,
          candidate.reason,
        ]),
      ),
    );
    return code;
  },
};

/**
 * An address as git would tell it to its helpers.
 * @throws AppError `bad_input`
 */
function addressOf(given: string): { host: string; path: string | null; username?: string } {
  const url = URL.parse(given.includes('://') ? given : `https://${given}`);
  if (url === null || !['https:', 'http:'].includes(url.protocol)) {
    throw new AppError('bad_input', `"${given}" is no address that git asks for a token of.`, {
      remedy: 'Give one such as https://github.com/acme/garden; over SSH git uses your keys.',
    });
  }
  const path = decodeURI(url.pathname).replace(/^\//, '');
  return {
    host: url.host,
    path: path === '' ? null : path,
    ...(url.username === '' ? {} : { username: decodeURIComponent(url.username) }),
  };
}
