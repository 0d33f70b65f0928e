import { app } from 'electron';

/** What a second start tells the first. */
interface Call {
  hidden: boolean;
}

/**
 * One desktop app for a data folder. A second start hands over to the first and ends.
 * @returns whether this is the first
 */
export function takeSingleInstance(hidden: boolean): boolean {
  const call: Call = { hidden };
  return app.requestSingleInstanceLock({ ...call });
}

/** Calls `open` when the app is started again, unless that was a start that wants no window. */
export function setupSecondInstance(open: () => void): void {
  app.on('second-instance', (_event, _argv, _directory, data) => {
    if (!isHidden(data)) open();
  });
}

function isHidden(data: unknown): boolean {
  return typeof data === 'object' && data !== null && 'hidden' in data && data.hidden === true;
}
