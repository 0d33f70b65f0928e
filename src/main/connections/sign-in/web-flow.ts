import { randomUUID } from 'node:crypto';
import type { FlowView, Platform } from '../../../shared/connection-views.ts';
import type { ErrorView } from '../../../shared/errors.ts';
import type { Clock } from '../../core/clock.ts';
import { AppError, toAppError } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import type { Provider, ProviderApp, WebSignIn } from '../provider.ts';
import type { ProviderApps } from '../provider-apps.ts';
import type { Registry } from '../registry.ts';
import type { CompleteSignIn } from './complete-sign-in.ts';
import type { Flow, Flows } from './flows.ts';
import type { OAuthStates } from './oauth-states.ts';

/** How long the person may take at the provider. */
const LIFETIME_MS = 10 * 60_000;

/** Signs in through the browser and back to a loopback address (RFC 8252 §7.3), with PKCE (RFC 7636). */
export interface WebFlow {
  /** @throws AppError a vault code */
  begin(provider: Provider, web: WebSignIn, app: ProviderApp): Promise<FlowView>;
  /** Never throws. Only a state of ours, in time and for the first time, moves a flow; all else is told apart from it. */
  callback(platform: string, parameters: URLSearchParams): Promise<FlowView | { error: ErrorView }>;
}

export interface WebFlowParts {
  flows: Flows;
  states: OAuthStates;
  registry: Registry;
  apps: ProviderApps;
  complete: CompleteSignIn;
  callbackUrl: (platform: Platform) => string;
  clock: Clock;
  logger: Logger;
  learn: (secret: string) => void;
}

export function createWebFlow(parts: WebFlowParts): WebFlow {
  const { flows, states, registry, apps, complete, callbackUrl, clock, logger, learn } = parts;

  const withdraw = (flowId: string) => {
    states.withdraw(flowId).catch((error: unknown) => logger.warn('a state could not be withdrawn', { error }));
  };

  /** What the provider sent back with a state of ours. */
  const finish = async (flow: Flow, parameters: URLSearchParams, codeVerifier: string): Promise<void> => {
    const provider = registry.get(flow.platform);
    const { web } = provider;
    if (!web) throw invalid();
    const refusal = parameters.get('error');
    if (refusal !== null) throw web.refusal(refusal);
    const code = parameters.get(web.answerIn ?? 'code');
    if (!code) throw new AppError('provider_error', `${provider.name} sent you back without a code.`);
    learn(code);
    const app = await apps.signingIn(flow.platform, 'web');
    const grant = await web.exchange(app, { redirectUri: callbackUrl(flow.platform), code, codeVerifier });
    await complete(flow, { provider, clientId: app.clientId, way: 'web', grant });
  };

  const callback = async (platform: string, parameters: URLSearchParams): Promise<FlowView> => {
    const given = parameters.getAll('state');
    const [state] = given;
    if (!state || given.length > 1 || !registry.find(platform)) throw invalid();
    const redeemed = await states.redeem(platform, state);
    const flow = redeemed && flows.waiting(redeemed.flowId);
    if (!redeemed || !flow) throw invalid();
    try {
      await finish(flow, parameters, redeemed.codeVerifier);
    } catch (error) {
      flow.fail(toAppError(error));
    }
    return flows.view(flow.id);
  };

  return {
    async begin({ platform }, web, app) {
      const id = randomUUID();
      const { state, codeChallenge } = await states.issue({ platform, flowId: id, lifetimeMs: LIFETIME_MS });
      learn(state);
      const authorizationUrl = web.authorizationUrl(app, { redirectUri: callbackUrl(platform), state, codeChallenge });
      const flow = await flows.begin({ id, platform, way: 'web', lifetimeMs: LIFETIME_MS, authorizationUrl });
      clock.after(LIFETIME_MS, () => flow.fail(new AppError('code_expired', 'The sign-in was not finished in time.')));
      flow.signal.addEventListener('abort', () => withdraw(id), { once: true });
      return flows.view(id);
    },
    async callback(platform, parameters) {
      try {
        return await callback(platform, parameters);
      } catch (error) {
        const known = toAppError(error);
        if (known.code !== 'state_invalid') logger.error('a callback failed', { error });
        return { error: known.toView() };
      }
    },
  };
}

function invalid(): AppError {
  return new AppError(
    'state_invalid',
    'This sign-in is not known here: it was used already, took too long, or is not ours.',
  );
}
