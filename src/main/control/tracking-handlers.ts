import type { Tracking } from '../tracking/tracking.ts';
import type { Handlers } from './control.ts';

type TrackingHandlers = Pick<Handlers, Extract<keyof Handlers, `tracking.${string}`>>;

/** The procedures about repositories. */
export function createTrackingHandlers(tracking: Tracking): TrackingHandlers {
  const { queries } = tracking;
  return {
    'tracking.get': () => tracking.view(),
    'tracking.refresh': async ({ repositoryId }) => {
      await tracking.refresh(repositoryId);
      return tracking.view();
    },
    'tracking.forget': async ({ connectionId }) => {
      await tracking.forget(connectionId);
      return tracking.view();
    },
    'tracking.mute': async ({ repositoryId, muted }) => {
      await tracking.mute(repositoryId, muted);
      return queries.summary(repositoryId);
    },
    'tracking.webhookSecret': async ({ secret }) => ({ secret: await tracking.setWebhookSecret(secret) }),

    'tracking.repositories': (input) => queries.repositories(input),
    'tracking.repository': (input) => queries.repository(input),
    'tracking.commits': (input) => queries.commits(input),
    'tracking.branches': (input) => queries.branches(input),
    'tracking.releases': (input) => queries.releases(input),
    'tracking.pullRequests': (input) => queries.pullRequests(input),
    'tracking.activity': (input) => queries.activity(input),
    'tracking.contributions': (input) => queries.contributions(input),
    'tracking.export': (input) => queries.export(input),
  };
}
