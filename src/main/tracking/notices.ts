import type { NoticeView } from '../../shared/app-views.ts';
import type { TrackingNotices } from '../../shared/tracking-views.ts';
import type { Bus } from '../core/bus.ts';
import type { Clock, Timer } from '../core/clock.ts';
import type { Settings } from '../storage/settings.ts';
import type { NewEvent } from './store/events.ts';

/** Tells the person of what concerns them, as far as they want that. */
export interface Notices {
  /** @param events what happened, was not known before, and is no history that a first fetch brought */
  tell(events: readonly NewEvent[]): void;
  /** What was not told yet is not told any more. */
  stop(): void;
}

/** Repositories are fetched one by one; what comes within this time is told in one notice. */
const GATHER_MS = 3_000;
/** What a machine that slept for weeks finds is for the page. */
const NEWS_MS = 3 * 24 * 3_600_000;
/** Named one by one; the rest is counted. */
const MOST_NAMED = 3;
const MOST_GATHERED = 1_000;

type Matter = keyof TrackingNotices;

const MATTERS: Record<Matter, { kind: NoticeView['kind']; page: NoticeView['page']; several(count: number): string }> =
  {
    reviewRequested: {
      ...{ kind: 'info', page: 'pull-requests' },
      several: (count) => `${count} pull requests wait for your review`,
    },
    reviewed: {
      ...{ kind: 'info', page: 'pull-requests' },
      several: (count) => `${count} of your pull requests were reviewed`,
    },
    checksFailed: {
      ...{ kind: 'warning', page: 'pull-requests' },
      several: (count) => `Checks failed on ${count} of your pull requests`,
    },
    merged: {
      ...{ kind: 'success', page: 'pull-requests' },
      several: (count) => `${count} of your pull requests were merged`,
    },
    releases: { kind: 'info', page: 'activity', several: (count) => `${count} new releases` },
  };

export function createNotices(parts: { bus: Bus; settings: Pick<Settings, 'get'>; clock: Clock }): Notices {
  const { bus, settings, clock } = parts;
  /** By what they are about: the same twice is told once, and the later word counts. */
  const gathered = new Map<string, { matter: Matter; event: NewEvent }>();
  let timer: Timer | null = null;

  const tellAll = () => {
    timer = null;
    const news = [...gathered.values()];
    gathered.clear();
    if (news.length > 0) bus.emit('notice', noticeOf(news));
  };

  return {
    tell(events) {
      const { notices } = settings.get().tracking;
      for (const event of events) {
        const matter = matterOf(event);
        if (matter === null || !notices[matter] || event.repository.muted || isOld(event)) continue;
        const name = `${matter} ${event.repository.id} ${event.number ?? event.after}`;
        if (gathered.size < MOST_GATHERED || gathered.has(name)) gathered.set(name, { matter, event });
        timer ??= clock.after(GATHER_MS, tellAll);
      }
    },
    stop() {
      timer?.cancel();
      timer = null;
      gathered.clear();
    },
  };
}

/** What of the person's settings an event is a matter of; null: none of theirs, or their own doing. */
export function matterOf({ kind, actor, after, pullRequest, logins }: NewEvent): Matter | null {
  const names = new Set(logins.map((login) => login.toLowerCase()));
  const isMe = (login: string | null) => login !== null && names.has(login.toLowerCase());
  if (isMe(actor)) return null;
  if (kind === 'release') return 'releases';
  if (pullRequest === null) return null;
  if (kind === 'review_requested') return isMe(after) ? 'reviewRequested' : null;
  // From here on it is about pull requests of the person's own.
  if (!isMe(pullRequest.author)) return null;
  if (kind === 'reviewed') return 'reviewed';
  if (kind === 'checks') return after === 'failure' ? 'checksFailed' : null;
  return kind === 'pull_request_merged' ? 'merged' : null;
}

function isOld({ at, noticedAt }: NewEvent): boolean {
  return noticedAt - at > NEWS_MS;
}

/** One notice of everything. */
function noticeOf(news: readonly { matter: Matter; event: NewEvent }[]): NoticeView {
  const [first] = news;
  if (first === undefined) throw new Error('There is nothing to tell.');
  const byMatter = Map.groupBy(news, ({ matter }) => matter);
  const { kind, page } = MATTERS[first.matter];
  if (news.length === 1)
    return { kind, page, title: titleOf(first.matter, first.event), body: plain(bodyOf(first.event)) };
  if (byMatter.size === 1) {
    return { kind, page, title: MATTERS[first.matter].several(news.length), body: plain(namesOf(news)) };
  }
  const matters = [...byMatter.keys()];
  return {
    kind: matters.includes('checksFailed') ? 'warning' : 'info',
    page: matters.every((matter) => matter === 'releases') ? 'activity' : 'pull-requests',
    title: 'News from your repositories',
    body: [...byMatter]
      .map(([matter, of]) =>
        of.length === 1 && of[0] ? titleOf(matter, of[0].event) : MATTERS[matter].several(of.length),
      )
      .map((sentence) => `${sentence}.`)
      .join(' '),
  };
}

function titleOf(matter: Matter, { after, repository }: NewEvent): string {
  switch (matter) {
    case 'reviewRequested':
      return 'A pull request waits for your review';
    case 'reviewed':
      if (after === 'approved') return 'Your pull request was approved';
      return after === 'changes_requested'
        ? 'Changes are asked for on your pull request'
        : 'Your pull request was reviewed';
    case 'checksFailed':
      return 'Checks failed on your pull request';
    case 'merged':
      return 'Your pull request was merged';
    case 'releases':
      return plain(`A new release of ${repository.owner}/${repository.name}`);
  }
}

function nameOf({ repository: { owner, name }, number, after }: NewEvent): string {
  return number === null ? `${owner}/${name} ${after ?? ''}`.trim() : `${owner}/${name} #${number}`;
}

function bodyOf(event: NewEvent): string {
  const { number, title, after } = event;
  if (number === null)
    return [after, title].filter((text, index, all) => text && all.indexOf(text) === index).join(': ');
  return title === null ? nameOf(event) : `${nameOf(event)}: ${title}`;
}

function namesOf(news: readonly { event: NewEvent }[]): string {
  const names = news.slice(0, MOST_NAMED).map(({ event }) => nameOf(event));
  const more = news.length - names.length;
  return more === 0 ? names.join(', ') : `${names.join(', ')} and ${more} more`;
}

/**
 * Text by others, for a notification: some desktops take tags in it for markup, and characters that turn the direction
 * of writing would turn that of our own words, too.
 */
function plain(text: string): string {
  const tame = text
    .replaceAll('<', '‹')
    .replaceAll('>', '›')
    .replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, ' ');
  const characters = [...tame];
  return characters.length > 200 ? `${characters.slice(0, 199).join('')}…` : tame;
}
