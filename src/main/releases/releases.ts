import type { Octokit } from '@octokit/core';
import type { UpdatesView } from '../../shared/release-views.ts';
import type { KnownRelease } from './snapshot.ts';

/** What the feed answered to somebody who asked in their own name. */
export interface FeedCheck {
  currentVersion: string | null;
  updateAvailable: boolean;
  release: KnownRelease | null;
}

/** The Trackeep release feed: what is newest, and the verified file of it for this machine. */
export interface Releases {
  view(): UpdatesView;
  /** Asks the feed now. Concurrent calls share one request. Never throws for trouble with the feed: that is a state. */
  check(): Promise<UpdatesView>;
  /**
   * Asks the feed now with this client of GitHub, and keeps what it says.
   * @throws AppError as the client does; the state of the room's own checks stays as it is
   */
  checkWith(github: Octokit): Promise<FeedCheck>;
  /** Starts or resumes the download of the latest release's asset; answers at once. @throws AppError `no_asset` */
  download(): Promise<UpdatesView>;
  /** Stops it, keeping what has arrived. */
  stopDownload(): Promise<UpdatesView>;
  /** Deletes what was downloaded. */
  discard(): Promise<UpdatesView>;
  /** Begins scheduled checks, the first one right away. */
  start(): Promise<void>;
  /** Ends checks and downloads in good order. */
  stop(): Promise<void>;
}
