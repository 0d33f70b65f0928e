import { describe, expect, it } from 'vitest';
import { createBus } from '../../src/main/core/bus.ts';
import { createNotices } from '../../src/main/tracking/notices.ts';
import type { NewEvent } from '../../src/main/tracking/store/events.ts';
import type { NoticeView } from '../../src/shared/app-views.ts';
import type { TrackingNotices } from '../../src/shared/tracking-views.ts';
import { createManualClock } from '../support/manual-clock.ts';

const ALL: TrackingNotices = {
  reviewRequested: true,
  reviewed: true,
  checksFailed: true,
  merged: true,
  releases: true,
};
const GATHERED_MS = 3_000;
const DAY_MS = 86_400_000;

function lab(notices: Partial<TrackingNotices> = {}) {
  const clock = createManualClock();
  const bus = createBus((error) => {
    throw error;
  });
  const told: NoticeView[] = [];
  bus.on('notice', (notice) => told.push(notice));
  const wanted = { ...ALL, ...notices };
  const room = createNotices({ bus, clock, settings: { get: () => ({ tracking: { notices: wanted } }) as never } });
  let id = 0;
  /** A review of octocat, who is the person, is asked for on hubot's pull request; unless told otherwise. */
  const event = (own: Partial<NewEvent> = {}): NewEvent => {
    id += 1;
    return {
      ...{ id, kind: 'review_requested', at: clock.now(), noticedAt: clock.now(), actor: null, number: id },
      ...{ title: 'Add a pond', before: null, after: 'octocat', logins: ['octocat', 'octo-work'] },
      repository: { id: 1, host: 'github.com', owner: 'acme', name: 'garden', private: false, muted: false },
      pullRequest: { author: 'hubot', reviewers: ['octocat'] },
      ...own,
    };
  };
  const mine = { author: 'octocat', reviewers: [] };
  const tell = async (...events: NewEvent[]) => {
    room.tell(events);
    await clock.advance(GATHERED_MS);
    return told.splice(0);
  };
  return { clock, room, told, event, mine, tell };
}

describe('a notice', () => {
  const { mine } = lab();
  it.each<[string, Partial<NewEvent>, Partial<NoticeView>]>([
    [
      'of a review that is asked of the person',
      { number: 12 },
      { title: 'A pull request waits for your review', body: 'acme/garden #12: Add a pond', page: 'pull-requests' },
    ],
    ['by another of their names, in another case', { after: 'Octo-Work' }, { page: 'pull-requests' }],
    [
      'of an approval',
      { kind: 'reviewed', after: 'approved', pullRequest: mine },
      { title: 'Your pull request was approved', page: 'pull-requests' },
    ],
    [
      'of changes that are asked for',
      { kind: 'reviewed', after: 'changes_requested', pullRequest: mine },
      { title: 'Changes are asked for on your pull request' },
    ],
    [
      'of any review',
      { kind: 'reviewed', after: null, pullRequest: mine },
      { title: 'Your pull request was reviewed' },
    ],
    [
      'of checks that failed',
      { kind: 'checks', after: 'failure', pullRequest: mine },
      { title: 'Checks failed on your pull request', kind: 'warning' },
    ],
    [
      'of a merge',
      { kind: 'pull_request_merged', after: null, pullRequest: mine },
      { title: 'Your pull request was merged', kind: 'success' },
    ],
    [
      'of a release',
      { kind: 'release', number: null, after: 'v1.2.0', title: 'Spring', pullRequest: null },
      { title: 'A new release of acme/garden', body: 'v1.2.0: Spring', page: 'activity' },
    ],
    [
      'of a release that is called as it is tagged',
      { kind: 'release', number: null, after: 'v1.2.0', title: 'v1.2.0', pullRequest: null },
      { body: 'v1.2.0' },
    ],
  ])('is given %s', async (_, own, notice) => {
    const { event, tell } = lab();
    expect(await tell(event(own))).toEqual([expect.objectContaining(notice)]);
  });

  it.each<[string, Partial<NewEvent>]>([
    ['a review that is asked of somebody else', { after: 'monalisa' }],
    ["a review that is asked of somebody's team", { after: 'acme/gardeners' }],
    ["a review of somebody else's pull request", { kind: 'reviewed', after: 'approved' }],
    ["the checks of somebody else's pull request", { kind: 'checks', after: 'failure' }],
    ['checks that came out well', { kind: 'checks', after: 'success', pullRequest: mine }],
    ["the merge of somebody else's pull request", { kind: 'pull_request_merged' }],
    ["the person's own merge", { kind: 'pull_request_merged', actor: 'Octocat', pullRequest: mine }],
    ["the person's own release", { kind: 'release', number: null, pullRequest: null, actor: 'octocat' }],
    ['stars', { kind: 'stars', number: null, pullRequest: null }],
    ['a pull request that was opened', { kind: 'pull_request_opened', pullRequest: mine }],
    [
      'a muted repository',
      { repository: { id: 1, host: 'github.com', owner: 'acme', name: 'garden', private: false, muted: true } },
    ],
    ['what is long over', { at: createManualClock().now() - 4 * DAY_MS }],
  ])('is not given of %s', async (_, own) => {
    const { event, tell } = lab();
    expect(await tell(event(own))).toEqual([]);
  });

  it.each<[keyof TrackingNotices, Partial<NewEvent>]>([
    ['reviewRequested', {}],
    ['reviewed', { kind: 'reviewed', pullRequest: mine }],
    ['checksFailed', { kind: 'checks', after: 'failure', pullRequest: mine }],
    ['merged', { kind: 'pull_request_merged', pullRequest: mine }],
    ['releases', { kind: 'release', number: null, pullRequest: null }],
  ])('is not given where the person does not want it: %s', async (setting, own) => {
    const { event, tell } = lab({ [setting]: false });
    expect(await tell(event(own))).toEqual([]);
    const others = lab();
    expect(await others.tell(others.event(own))).toHaveLength(1);
  });

  it('is one for several of a kind, however they come', async () => {
    const { clock, room, event, told } = lab();
    for (const number of [12, 13, 14, 15]) {
      room.tell([event({ number })]);
      await clock.advance(500);
    }
    expect(told).toEqual([]);
    await clock.advance(GATHERED_MS);
    expect(told).toEqual([
      {
        ...{ kind: 'info', page: 'pull-requests', title: '4 pull requests wait for your review' },
        body: 'acme/garden #12, acme/garden #13, acme/garden #14 and 1 more',
      },
    ]);
  });

  it('is one for all kinds', async () => {
    const { event, tell } = lab();
    const [notice, ...more] = await tell(
      event(),
      event(),
      event({ kind: 'checks', after: 'failure', pullRequest: mine }),
      event({ kind: 'release', number: null, pullRequest: null }),
    );
    expect(more).toEqual([]);
    expect(notice).toEqual({
      ...{ kind: 'warning', page: 'pull-requests', title: 'News from your repositories' },
      body: '2 pull requests wait for your review. Checks failed on your pull request. A new release of acme/garden.',
    });
  });

  it('is not given twice of the same', async () => {
    const { event, tell } = lab();
    const [notice] = await tell(event({ number: 12 }), event({ number: 12 }));
    expect(notice?.title).toBe('A pull request waits for your review');
  });

  it('is not given any more when the app ends', async () => {
    const { clock, room, event, told } = lab();
    room.tell([event()]);
    room.stop();
    await clock.advance(GATHERED_MS);
    expect(told).toEqual([]);
  });

  it('shows text by others as text, and not all of a long one', async () => {
    const { event, tell } = lab();
    const title = `<b>\u202eevil</b>\n${'\u{1f331}'.repeat(500)}`;
    const [notice] = await tell(event({ number: 12, title }));
    expect(notice?.body).toMatch(/^acme\/garden #12: ‹b› evil‹\/b› \u{1f331}+…$/u);
    expect([...(notice?.body ?? '')]).toHaveLength(200);
  });
});
