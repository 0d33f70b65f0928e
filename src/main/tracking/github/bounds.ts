import { z } from 'zod';

/** What is longer is cut. In UTF-16 units, as JavaScript counts. */
export const LONGEST = { headline: 300, body: 10_000, title: 300, name: 200, description: 1_000 } as const;

/** Control characters (C0, DEL, C1), less line feed and tab. They are of no use to a reader and of much to a prankster. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
const LONE_AT_THE_END = /[\ud800-\udbff]$/;
/** The last instant whose ISO form has a year of four digits. */
const LAST_TIME = Date.UTC(9999, 11, 31, 23, 59, 59);

/** A text of somebody else's, fit to be kept: no control characters, no half characters, not too long. */
export function boundedText(text: string, longest: number): string {
  // Cut generously before anything is done to it, and exactly afterwards: the text may be a megabyte.
  const clean = text
    .slice(0, longest * 2)
    .replace(/\r\n?/g, '\n')
    .replace(CONTROLS, '');
  return clean.slice(0, longest).replace(LONE_AT_THE_END, '').toWellFormed();
}

/** As `boundedText`, on one line. */
export function boundedLine(text: string, longest: number): string {
  return boundedText(text.replace(/[\n\r\t]+/g, ' '), longest).trim();
}

/** A commit's message as headline and body (git-commit(1), "Discussion"). */
export function splitMessage(message: string): { headline: string; body: string } {
  const end = message.search(/\r?\n/);
  const first = end === -1 ? message : message.slice(0, end);
  const rest = end === -1 ? '' : message.slice(end, end + LONGEST.body * 2).trim();
  return { headline: boundedLine(first, LONGEST.headline), body: boundedText(rest, LONGEST.body) };
}

/** For the reading of answers. */
export const Line = (longest: number) => z.string().transform((text) => boundedLine(text, longest));
/** ms since the epoch. A commit may claim any time; what no calendar of ours has is moved to its edge. */
export const Time = z
  .string()
  .transform((text) => Date.parse(text))
  .refine((at) => Number.isFinite(at), 'is no time')
  .transform((at) => Math.min(Math.max(at, 0), LAST_TIME));
export const Count = z.int().nonnegative();
/** Names of commits, cursors and the like: not shown, but stored. */
export const Token = z.string().min(1).max(500);
