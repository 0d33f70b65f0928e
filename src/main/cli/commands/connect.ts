import type { FlowView, SignInWay } from '../../../shared/connection-views.ts';
import type { ContractEvent } from '../../../shared/contract.ts';
import type { Timer } from '../../core/clock.ts';
import { AppError, fromErrorView } from '../../core/errors.ts';
import type { AppConnection } from '../../http/socket-client.ts';
import { type Command, type Invocation, PROVIDER, platformOf } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { openInBrowser } from '../open-in-browser.ts';
import { usage } from '../parse.ts';
import { harmless } from '../terminal.ts';
import { countdown } from '../words.ts';

export const connect: Command = {
  name: 'connect',
  summary: 'Connect an account',
  description: [
    'Signs you in at the provider and waits until you are done there. Ctrl-C cancels.',
    'By device code you type a short code on a page of the provider, in any browser on any machine; GitHub alone offers that. By web, a browser on this machine signs you in and comes back; most providers want the client secret of your app for it (see trackeep help provider).',
    'With --json there is one JSON object on a line for each step: {"event":"code","userCode",…} or {"event":"open","authorizationUrl",…}, then {"event":"connected","login",…}, or {"event":"failed","error","message","remedy",…} with exit code 1.',
  ],
  arguments: [PROVIDER],
  options: [
    { name: 'device', text: 'Sign in by device code.' },
    { name: 'web', text: 'Sign in through a browser on this machine.' },
    { name: 'no-open', text: 'Open no browser, only print the address.' },
  ],
  examples: ['trackeep connect github', 'trackeep connect github --device --json', 'trackeep connect jira'],

  async run(call) {
    const connection = await call.app();
    const flows = watchFlows(connection);
    const started = await connection.call('connections.begin', {
      platform: platformOf(call),
      way: await chooseWay(call),
    });
    const interrupt = cancelOnInterrupt(connection, started.id);
    try {
      await present(call, started);
      const ended = await untilEnded(call, connection, flows, started);
      return report(call, ended);
    } finally {
      interrupt.stop();
    }
  },
};

async function chooseWay(invocation: Invocation): Promise<SignInWay> {
  const { has, call } = invocation;
  if (has('device') && has('web')) throw usage('Choose one of --device and --web.', connect);
  if (has('device')) return 'device';
  if (has('web')) return 'web';
  const wanted = platformOf(invocation);
  const provider = (await call('providers.list', {})).find(({ platform }) => platform === wanted);
  // Without any way the app says what is missing, better than this command could.
  return provider?.ways[0] ?? (wanted === 'github' ? 'device' : 'web');
}

/** Shows what the person has to do, and opens the page where that helps. */
async function present(invocation: Invocation, flow: FlowView): Promise<void> {
  const { json, terminal, has } = invocation;
  const { userCode, verificationUri, authorizationUrl, expiresAt, id } = flow;
  if (json) {
    const steps =
      flow.way === 'device' ? { event: 'code', userCode, verificationUri } : { event: 'open', authorizationUrl };
    return terminal.json({ ...steps, expiresAt, id });
  }
  const shown = harmless(flow);
  if (shown.userCode !== null && shown.verificationUri !== null) {
    terminal.print(`Enter the code  ${terminal.bold(shown.userCode)}`, `on the page     ${shown.verificationUri}`);
  } else if (shown.authorizationUrl !== null) {
    terminal.print('Sign in on this page, in a browser on this machine:', shown.authorizationUrl);
  }
  const page = verificationUri ?? authorizationUrl;
  if (page !== null && terminal.interactive && !has('no-open') && (await openInBrowser(page, process.env))) {
    terminal.print(terminal.dim('Your browser should show it now.'));
  }
}

/** Hears of every change of every sign-in, from before the one that matters begins. */
function watchFlows(connection: AppConnection): { next(id: string): Promise<FlowView> } {
  const ended = new Map<string, FlowView>();
  const waiting = new Map<string, (flow: FlowView) => void>();
  connection.subscribe((event: ContractEvent) => {
    if (event.event !== 'flow' || event.data.state === 'waiting') return;
    ended.set(event.data.id, event.data);
    waiting.get(event.data.id)?.(event.data);
  });
  return {
    next: (id) =>
      new Promise((resolve) => {
        const found = ended.get(id);
        if (found) resolve(found);
        else waiting.set(id, resolve);
      }),
  };
}

async function untilEnded(
  invocation: Invocation,
  connection: AppConnection,
  flows: ReturnType<typeof watchFlows>,
  started: FlowView,
): Promise<FlowView> {
  if (started.state !== 'waiting') return started;
  const stopCountdown = showCountdown(invocation, Date.parse(started.expiresAt));
  try {
    const gone = connection.closed.then(() => {
      throw new AppError('app_not_running', 'Trackeep Tray stopped before you were signed in.');
    });
    return await Promise.race([flows.next(started.id), gone]);
  } finally {
    stopCountdown();
  }
}

/** @returns a function that stops it */
function showCountdown({ json, terminal, clock }: Invocation, end: number): () => void {
  if (json || !terminal.live) return () => undefined;
  const tick = (): void => {
    terminal.transient(terminal.dim(`Waiting for you there … ${countdown(end - clock.now())} left, Ctrl-C cancels`));
    timer = clock.after(1_000, tick);
  };
  let timer: Timer = clock.after(0, tick);
  return () => timer.cancel();
}

function report({ json, terminal }: Invocation, flow: FlowView): number {
  const { id, state, login, connectionId, error } = flow;
  if (state === 'connected') {
    if (json) terminal.json({ event: 'connected', login, connectionId, id });
    else terminal.print(`${terminal.green('●')} Connected as ${terminal.bold(harmless(login) ?? 'your account')}.`);
    return EXIT.fine;
  }
  const problem = error ? fromErrorView(error) : new AppError('internal', 'The sign-in ended without a reason.');
  if (!json) throw problem;
  const { code, ...rest } = problem.toView();
  terminal.json({ event: 'failed', error: code, ...rest, id });
  return EXIT.failed;
}

/** The first Ctrl-C cancels the sign-in, which then ends like any other; a second one ends this command at once. */
function cancelOnInterrupt(connection: AppConnection, id: string): { stop(): void } {
  const onInterrupt = () => {
    stop();
    connection.call('connections.cancel', { id }).catch(() => undefined);
  };
  const stop = () => process.off('SIGINT', onInterrupt);
  process.on('SIGINT', onInterrupt);
  return { stop };
}
