import type { ProviderView } from '../../../shared/connection-views.ts';
import { PLATFORM_NAMES } from '../../../shared/platforms.ts';
import { AppError } from '../../core/errors.ts';
import { type Command, type Invocation, PROVIDER, platformOf } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { usage } from '../parse.ts';
import { readLine } from '../standard-input.ts';
import { table } from '../words.ts';

export const provider: Command = {
  name: 'provider',
  summary: 'Show or set up the app that signs you in at a provider',
  description: [
    'Shows how a provider is set up, and where to make an app of your own. With --client-id that app is used from now on.',
    'For GitHub’s device code, and for a Slack app with PKCE, the client ID is enough. Jira and Confluence, and GitHub through the browser, need the client secret, too. The secret is read from standard input, never from the command line, where other users could see it.',
  ],
  arguments: [PROVIDER],
  options: [
    { name: 'client-id', value: 'ID', text: 'The client ID of your app.' },
    { name: 'client-secret-stdin', text: 'Read its client secret from standard input.' },
    { name: 'forget-secret', text: 'Delete the stored client secret.' },
  ],
  examples: [
    'trackeep provider github',
    'trackeep provider github --client-id Iv23liABCDEF',
    'trackeep provider jira --client-id 0A1b2C --client-secret-stdin < secret.txt',
  ],

  async run(invocation) {
    const { call, option, has } = invocation;
    if (has('client-secret-stdin') && has('forget-secret')) {
      throw usage('Choose one of --client-secret-stdin and --forget-secret.', provider);
    }
    const platform = platformOf(invocation);
    const current = (await call('providers.list', {})).find((known) => known.platform === platform);
    if (current === undefined)
      throw new AppError('not_found', `The running app does not know ${PLATFORM_NAMES[platform]}.`);
    const changesSecret = has('client-secret-stdin') || has('forget-secret');
    const clientId = option('client-id') ?? (changesSecret ? current.clientId : null);
    if (clientId === null) {
      if (changesSecret) throw usage('A secret needs its client ID: add --client-id.', provider);
      return show(invocation, current);
    }
    const clientSecret = has('forget-secret') ? null : has('client-secret-stdin') ? await readLine() : undefined;
    const secret = clientSecret === undefined ? {} : { clientSecret };
    return show(invocation, await call('providers.configure', { platform, clientId, ...secret }));
  },
};

const WAYS = { device: 'device code', web: 'browser' } as const;

function show({ json, terminal }: Invocation, view: ProviderView): number {
  if (json) {
    terminal.json(view);
    return EXIT.fine;
  }
  const from = view.configuredBy === 'environment' ? ' (from the environment)' : '';
  terminal.print(
    terminal.bold(view.name),
    ...table([
      ['address', view.address],
      ['client ID', view.clientId === null ? 'not set' : `${view.clientId}${from}`],
      ['client secret', view.hasClientSecret ? 'stored' : view.secret === 'none' ? 'not needed' : 'none'],
      ['sign in by', view.ways.map((way) => WAYS[way]).join(', ') || `nothing yet: set a ${missing(view)}`],
      ['make an app', view.registrationUrl],
      ['callback URL', view.callbackUrl],
    ]),
    '',
    'It asks for:',
    ...table(view.scopes.map(({ name, reason }) => [name, reason])),
  );
  return EXIT.fine;
}

function missing({ clientId, secret }: ProviderView): string {
  if (clientId !== null) return 'client secret';
  return secret === 'required' ? 'client ID and secret' : 'client ID';
}
