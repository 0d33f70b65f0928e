import type { FlowView } from '../../../shared/connection-views.ts';
import type { Clock } from '../../core/clock.ts';
import { AppError, toAppError } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import type { DeviceCode, DevicePoll, DeviceSignIn, Provider, ProviderApp } from '../provider.ts';
import type { CompleteSignIn } from './complete-sign-in.ts';
import type { Flow, Flows } from './flows.ts';

/** RFC 8628 §3.5: what `slow_down` adds to the interval. */
const SLOW_DOWN_MS = 5_000;
/** No server needs to be asked more often, whatever interval it names. */
const SHORTEST_INTERVAL_MS = 1_000;
const LONGEST_BACKOFF_MS = 60_000;

/** Signs in by a code that the person types at the provider (RFC 8628). */
export interface DeviceFlow {
  /** @throws AppError `device_flow_disabled`, `provider_refused_client`, or passing trouble: then no flow began */
  begin(provider: Provider, device: DeviceSignIn, app: ProviderApp): Promise<FlowView>;
  /** Resolves when nothing is polled any more. */
  settled(): Promise<void>;
}

export interface DeviceFlowParts {
  flows: Flows;
  complete: CompleteSignIn;
  clock: Clock;
  logger: Logger;
  learn: (secret: string) => void;
}

export function createDeviceFlow({ flows, complete, clock, logger, learn }: DeviceFlowParts): DeviceFlow {
  const polling = new Set<Promise<void>>();

  /**
   * Asks until there is an answer. What is no answer of the provider's (offline, a proxy's page, its own trouble) is
   * waited out with a growing interval: the person may be typing the code right now.
   */
  const poll = async (flow: Flow, device: DeviceSignIn, app: ProviderApp, code: DeviceCode): Promise<DevicePoll> => {
    let interval = Math.max(code.intervalMs, SHORTEST_INTERVAL_MS);
    let wait = interval;
    for (let failures = 0; ; ) {
      const cutShort = flow.remaining() < wait;
      await clock.sleep(cutShort ? flow.remaining() : wait, flow.signal);
      if (cutShort) throw expired();
      try {
        const answer = await device.poll(app, code.deviceCode);
        if (answer.state === 'granted' || answer.state === 'refused') return answer;
        if (answer.state === 'slow_down') interval = Math.max(interval + SLOW_DOWN_MS, answer.intervalMs ?? 0);
        failures = 0;
        wait = interval;
      } catch (error) {
        failures += 1;
        const asked = error instanceof AppError && error.retryAt !== null ? error.retryAt - clock.now() : 0;
        wait = Math.max(interval, asked, Math.min(interval * 2 ** failures, LONGEST_BACKOFF_MS));
        logger.debug('the provider could not be asked about a code', { error });
      }
      // Asked once more after a sleep that outlasted the code: the person may have entered it in time.
      if (flow.timeIsUp()) throw expired();
    }
  };

  const finish = async (flow: Flow, provider: Provider, clientId: string, polled: Promise<DevicePoll>) => {
    try {
      const answer = await polled;
      if (answer.state === 'refused') flow.fail(answer.error);
      if (answer.state === 'granted') await complete(flow, { provider, clientId, way: 'device', grant: answer.grant });
    } catch (error) {
      flow.fail(toAppError(error));
    }
  };

  return {
    async begin(provider, device, app) {
      const code = await device.start(app);
      learn(code.deviceCode);
      const { userCode, verificationUri, lifetimeMs } = code;
      const flow = await flows.begin({
        platform: provider.platform,
        way: 'device',
        lifetimeMs,
        userCode,
        verificationUri,
      });
      const polled = poll(flow, device, app, code);
      const running = finish(flow, provider, app.clientId, polled).finally(() => polling.delete(running));
      polling.add(running);
      return flows.view(flow.id);
    },
    async settled() {
      await Promise.allSettled(polling);
    },
  };
}

function expired(): AppError {
  return new AppError('code_expired', 'The code was not entered in time.');
}
