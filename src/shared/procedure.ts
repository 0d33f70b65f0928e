/** What a procedure of the contract is. */
import type { z } from 'zod';

/** `window`: Electron IPC; `web`: loopback HTTP behind a session; `socket`: the same-user socket of the CLI. */
export type Door = 'window' | 'web' | 'socket';

const EVERY_DOOR: readonly Door[] = ['window', 'web', 'socket'];

export type Kind = 'query' | 'command';

export interface Procedure<K extends Kind, I extends z.ZodType, O extends z.ZodType> {
  /** A query changes nothing and may be asked again; a command may change something. */
  readonly kind: K;
  readonly input: I;
  readonly output: O;
  readonly doors: readonly Door[];
}

export function query<I extends z.ZodType, O extends z.ZodType>(
  input: I,
  output: O,
  doors: readonly Door[] = EVERY_DOOR,
): Procedure<'query', I, O> {
  return { kind: 'query', input, output, doors };
}

export function command<I extends z.ZodType, O extends z.ZodType>(
  input: I,
  output: O,
  doors: readonly Door[] = EVERY_DOOR,
): Procedure<'command', I, O> {
  return { kind: 'command', input, output, doors };
}
