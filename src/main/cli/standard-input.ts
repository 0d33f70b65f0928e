import { AppError } from '../core/errors.ts';

/** Longer than any secret or passphrase that is meant. */
const MOST_CHARACTERS = 4_096;

/**
 * The first line of standard input, without its end.
 * @throws AppError `bad_input` when there is none, or it is far too long
 */
export async function readLine(): Promise<string> {
  let text = '';
  process.stdin.setEncoding('utf8');
  for await (const piece of process.stdin) {
    text += piece;
    if (text.includes('\n') || text.length > MOST_CHARACTERS) break;
  }
  const [line = ''] = text.split(/\r?\n/, 1);
  if (line === '' || line.length > MOST_CHARACTERS) {
    throw new AppError('bad_input', 'Standard input holds no usable line.', { remedy: 'Pipe the value in.' });
  }
  return line;
}
