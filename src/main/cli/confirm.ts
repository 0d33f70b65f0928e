import type { Invocation } from './command.ts';

/**
 * Asks before something is lost, where a person sits at the terminal; scripts, and who says --yes, are not asked. The
 * command must have the switch `yes`.
 *
 * @param question on lines of their own: what is about to be done, and what is lost by it
 * @returns whether to go on; a no has been answered
 */
export async function confirm(question: readonly string[], { terminal, json, has }: Invocation): Promise<boolean> {
  if (!terminal.interactive || json || has('yes')) return true;
  terminal.print(...question);
  const yes = await answersYes();
  if (!yes) terminal.print('Nothing was changed.');
  return yes;
}

async function answersYes(): Promise<boolean> {
  const { createInterface } = await import('node:readline/promises');
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  // Ctrl-D and Ctrl-C close the input: no answer is a no.
  const closed = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
  try {
    return /^y(es)?$/i.test((await Promise.race([lines.question('Type y to go on: '), closed])).trim());
  } finally {
    lines.close();
  }
}
