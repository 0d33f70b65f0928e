import { app, dialog } from 'electron';
import { toAppError } from '../core/errors.ts';
import { APP_NAME } from './names.ts';

/** Says in a native dialog why the app cannot start and what remedies it, then ends the process with 1. */
export async function failStart(reason: unknown): Promise<void> {
  const { message, remedy } = toAppError(reason);
  // For whoever started it from a terminal; before the dialog, which waits for the person.
  process.stderr.write(`trackeep: ${message}\n${remedy}\n`);
  await app.whenReady();
  dialog.showErrorBox(`${APP_NAME} cannot start`, `${message}\n\n${remedy}`);
  app.exit(1);
}
