import type { UpdatesView } from '../../shared/views.ts';

/** The Trackeep release feed: what is newest, and the verified file of it for this machine. */
export interface Releases {
  view(): UpdatesView;
  /** Asks the feed now. Concurrent calls share one request. Never throws for trouble with the feed: that is a state. */
  check(): Promise<UpdatesView>;
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
