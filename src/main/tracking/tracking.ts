import type { Contract, Output, ParsedInput } from '../../shared/contract.ts';
import type { RepositoryView, TrackingView } from '../../shared/tracking-views.ts';

type Question = Extract<keyof Contract, `tracking.${string}`>;
type Ask<N extends Question> = (input: ParsedInput<N>) => Promise<Output<N>>;

/** A repository without what is counted for pictures, which costs most of the time of a page. */
export interface PlainRepository extends Omit<RepositoryView, 'commitsByWeek' | 'starsTrend'> {
  /** GitHub's own number of it. */
  gitHubId: number;
}

/** Questions that the database answers, in the words of the contract. None of them asks GitHub. */
export interface TrackingQueries {
  repositories: Ask<'tracking.repositories'>;
  /** The same rows, and no more than they tell themselves. */
  plainRepositories(
    question: ParsedInput<'tracking.repositories'>,
  ): Promise<{ items: PlainRepository[]; nextCursor: string | null }>;
  /** @throws AppError `not_found` */
  repository: Ask<'tracking.repository'>;
  /** One row of `repositories`. @throws AppError `not_found` */
  summary(id: number): Promise<RepositoryView>;
  /** A repository by its address. @throws AppError `not_found`; `account_ambiguous` where several servers have it */
  byName(owner: string, name: string, host?: string): Promise<Output<'tracking.repository'>>;
  /** GitHub's own numbers of repositories, by ours. */
  gitHubIds(ids: readonly number[]): Promise<ReadonlyMap<number, number>>;
  commits: Ask<'tracking.commits'>;
  branches: Ask<'tracking.branches'>;
  releases: Ask<'tracking.releases'>;
  pullRequests: Ask<'tracking.pullRequests'>;
  activity: Ask<'tracking.activity'>;
  /**
   * What was noticed since an instant, in the order in which it was noticed: a reader who comes back misses nothing.
   * @param question.since ISO 8601
   */
  noticed(question: {
    since: string;
    cursor?: string | undefined;
    limit?: number;
  }): Promise<Output<'tracking.activity'>>;
  contributions: Ask<'tracking.contributions'>;
  export: Ask<'tracking.export'>;
  /** The pull requests that wait for the person: how many, and the first few. */
  waiting(): Promise<{ waiting: number; first: { repository: string; number: number; title: string; url: string }[] }>;
}

/** A webhook delivery, as it came over HTTP. */
export interface Delivery {
  /** `X-GitHub-Delivery`. */
  id: string | undefined;
  /** `X-GitHub-Event`. */
  event: string | undefined;
  /** `X-Hub-Signature-256`. */
  signature: string | undefined;
  /** The body's very bytes. */
  body: Buffer;
}

/** The person's repositories at GitHub and what happens in them, kept in the local database. */
export interface Tracking {
  readonly queries: TrackingQueries;
  view(): Promise<TrackingView>;
  /** Looks now, out of turn and out of the reserve. Answers at once; what comes of it is announced on the bus. */
  refresh(repositoryId?: number): Promise<void>;
  /**
   * As `refresh`, and waits until the repository is current.
   * @throws AppError `not_found`, `rate_limited` with `retryAt`, `needs_reconnect`, or passing trouble
   */
  fresh(repositoryId: number): Promise<void>;
  /** As `fresh`, of everything. */
  freshAll(): Promise<void>;
  /** Deletes everything that was tracked through an account, in one transaction. */
  forget(connectionId: string): Promise<void>;
  /** @throws AppError `not_found` */
  mute(repositoryId: number, muted: boolean): Promise<void>;
  /**
   * @param secret undefined: makes one; null: forgets it
   * @returns the one that holds now
   * @throws AppError a vault code
   */
  setWebhookSecret(secret?: string | null): Promise<string | null>;
  /**
   * Takes a delivery: checks its signature, and sees to it that what it tells of is looked at. However often and in
   * whatever order deliveries come, each counts once.
   * @returns whether it was new
   * @throws AppError `bad_input` for what is no delivery, `signature_invalid`, `provider_not_configured` where there is
   *   no secret, a vault code, `disk_full`
   */
  deliver(delivery: Delivery): Promise<boolean>;
  start(): Promise<void>;
  /** Ends fetching in good order. */
  stop(): Promise<void>;
}
