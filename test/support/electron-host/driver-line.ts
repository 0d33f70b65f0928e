import type { Recorder } from '../desktop/recorder.ts';
import { app } from './app.ts';
import { browserEndpoint } from './browser.ts';

/** What the spec's process asks over the line that Node puts between a parent and its child. */
export interface Question {
  id: number;
  about: { name: keyof Recorder | 'browserEndpoint' | 'end'; args: readonly unknown[] };
}
export type Answer = { id: number; value: unknown } | { id: number; error: string };

/** Answers the spec that started this process, and ends with it. */
export function answerDriver(recorder: Recorder): void {
  const end = () => app.exit(1);
  const answers = { ...recorder, browserEndpoint, end };
  process.on('message', async ({ id, about: { name, args } }: Question) => {
    try {
      process.send?.({ id, value: await Reflect.apply(answers[name], null, args) } satisfies Answer);
    } catch (error) {
      process.send?.({ id, error: String(error) } satisfies Answer);
    }
  });
  process.on('disconnect', end);
}
