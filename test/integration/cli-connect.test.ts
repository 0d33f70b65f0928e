import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { Handlers } from '../../src/main/control/control.ts';
import { AppError } from '../../src/main/core/errors.ts';
import type { FlowView, ProviderView } from '../../src/shared/connection-views.ts';
import { type CliRoom, listenTo, openCliRoom } from '../support/cli-room.ts';
import { PROVIDER } from '../support/sample-views.ts';
import { aConnection, aFlow } from '../support/stand-in-control.ts';

const connected: FlowView = { ...aFlow, state: 'connected', connectionId: aConnection.id, login: 'octocat' };

function ended(state: FlowView['state'], error: AppError): FlowView {
  return { ...aFlow, state, error: error.toView() };
}

/** A provider at which the person can be made to act. */
async function openProvider(some: Partial<Handlers> = {}): Promise<CliRoom & { act(flow: FlowView): void }> {
  let now: FlowView = aFlow;
  const room = await openCliRoom({
    'connections.begin': () => aFlow,
    'connections.flow': () => now,
    'connections.cancel': () => {
      act(ended('cancelled', new AppError('flow_cancelled', 'You cancelled the sign-in.')));
      return now;
    },
    ...some,
  });
  const act = (flow: FlowView) => {
    now = flow;
    room.bus.emit('flow', { id: flow.id });
  };
  return { ...room, act };
}

describe('trackeep connect by device code', () => {
  it('shows the code, waits, and names the account', async () => {
    await using provider = await openProvider();
    const child = provider.start('connect', 'github', '--device');
    const heard = listenTo(child);
    await heard.said('https://github.com/login/device');
    expect(heard.text()).toContain('WDJB-MJHT');
    provider.act(connected);
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(heard.text()).toContain('Connected as octocat.');
  });

  it('writes one JSON object a step with --json', async () => {
    await using provider = await openProvider();
    const child = provider.start('connect', 'github', '--device', '--json');
    const heard = listenTo(child);
    await heard.said('\n');
    provider.act(connected);
    await once(child, 'close');
    const steps = heard.text().trimEnd().split('\n');
    expect(steps.map((step) => JSON.parse(step))).toEqual([
      {
        event: 'code',
        userCode: 'WDJB-MJHT',
        verificationUri: aFlow.verificationUri,
        expiresAt: aFlow.expiresAt,
        id: aFlow.id,
      },
      { event: 'connected', login: 'octocat', connectionId: aConnection.id, id: aFlow.id },
    ]);
  });

  it.each([
    ['denied', new AppError('access_denied', 'You refused it at GitHub.')],
    ['expired', new AppError('code_expired', 'The code is no longer valid.')],
    ['failed', new AppError('device_flow_disabled', 'The app does not allow the device flow.')],
  ] as const)('says in words that it was %s, and exits with 1', async (state, error) => {
    await using provider = await openProvider();
    const child = provider.start('connect', 'github', '--device');
    const heard = listenTo(child);
    await heard.said('WDJB-MJHT');
    provider.act(ended(state, error));
    expect(await once(child, 'close')).toEqual([1, null]);
    expect(heard.text()).toContain(`trackeep: ${error.message}\n${error.remedy}`);
  });

  it('hears of an end that came before the app had answered the beginning', async () => {
    await using provider = await openProvider({
      'connections.begin': async () => {
        provider.act(connected);
        // The event is on its way when the answer follows.
        await new Promise(setImmediate);
        return aFlow;
      },
    });
    expect(await provider.trackeep('connect', 'github', '--device')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Connected as octocat.'),
    });
  });

  it.skipIf(process.platform === 'win32')('cancels the sign-in on Ctrl-C', async () => {
    await using provider = await openProvider();
    const child = provider.start('connect', 'github', '--device');
    const heard = listenTo(child);
    await heard.said('WDJB-MJHT');
    child.kill('SIGINT');
    expect(await once(child, 'close')).toEqual([1, null]);
    expect(heard.text()).toContain('You cancelled the sign-in.');
  });

  it('does not wait for ever when the app goes away', async () => {
    await using provider = await openProvider();
    const child = provider.start('connect', 'github', '--device');
    const heard = listenTo(child);
    await heard.said('WDJB-MJHT');
    await provider.stopApp();
    expect(await once(child, 'close')).toEqual([3, null]);
  });
});

describe('trackeep connect without a way', () => {
  const provider: ProviderView = { ...PROVIDER, ways: ['web', 'device'] };

  it('takes the best one there is', async () => {
    const authorizationUrl = 'https://github.com/login/oauth/authorize?client_id=Iv23li';
    const asked: unknown[] = [];
    await using room = await openProvider({
      'providers.list': () => [provider],
      'connections.begin': (input) => {
        asked.push(input);
        return { ...aFlow, way: 'web', userCode: null, verificationUri: null, authorizationUrl };
      },
    });
    const child = room.start('connect', 'github');
    const heard = listenTo(child);
    await heard.said(authorizationUrl);
    room.act(connected);
    await once(child, 'close');
    expect(asked).toEqual([{ platform: 'github', way: 'web' }]);
  });

  it.each(['jira', 'slack'] as const)('asks %s for its own, and never for a device code', async (platform) => {
    const error = new AppError('provider_not_configured', 'It is not set up here.');
    const asked: unknown[] = [];
    await using room = await openProvider({
      'providers.list': () => [provider, { ...provider, platform, ways: [] }],
      'connections.begin': (input) => {
        asked.push(input);
        return Promise.reject(error);
      },
    });
    expect(await room.trackeep('connect', platform)).toMatchObject({ code: 1 });
    expect(asked).toEqual([{ platform, way: 'web' }]);
  });

  it('passes on what the app says when there is none', async () => {
    const error = new AppError('provider_not_configured', 'GitHub is not set up here.');
    await using room = await openProvider({
      'providers.list': () => [{ ...provider, ways: [] }],
      'connections.begin': () => Promise.reject(error),
    });
    expect(await room.trackeep('connect', 'github')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('GitHub is not set up here.'),
    });
  });

  it('refuses two at once', async () => {
    await using room = await openProvider();
    expect(await room.trackeep('connect', 'github', '--web', '--device')).toMatchObject({ code: 2 });
  });
});
