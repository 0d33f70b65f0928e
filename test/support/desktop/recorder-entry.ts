/** Loaded into the real Electron before the app, by `--require`. */
import * as electron from 'electron';
import { record } from './recorder.ts';

Reflect.set(globalThis, 'trackeepRecorder', record(electron));
