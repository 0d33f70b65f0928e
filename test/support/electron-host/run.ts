/**
 * Runs a built main bundle on plain Node, with this folder in the place of Electron:
 *
 *     node run.ts FOLDER-OF-THE-APP [arguments of the app]
 *
 * As in Electron, `ready` comes only after the bundle has been evaluated to its end, so a bundle that waits for it at
 * its top level hangs here too.
 */
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { record } from '../desktop/recorder.ts';
import { answerDriver } from './driver-line.ts';
import electron, { becomeReady } from './electron.ts';

const STAND_IN = new URL('./electron.ts', import.meta.url).href;

registerHooks({
  resolve(specifier, context, next) {
    if (specifier === 'electron') return { url: STAND_IN, format: 'module-typescript', shortCircuit: true };
    return next(specifier, context);
  },
});

const folder = resolve(process.argv[2] ?? '.');
const { main } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
// Electron's argv: itself, the app's folder, the rest.
process.argv.splice(1, 2, folder);

answerDriver(record(electron));
await import(pathToFileURL(join(folder, main)).href);
becomeReady();
