/** The longest claim that is shown, in characters: a name must not push what matters out of sight. */
const LONGEST_CLAIM = 60;
/** Line breaks and other controls, what turns the direction of writing round, and what takes no room. */
const UNSEEN = /[\p{Cc}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]+/gu;
/** A name that closes its own quotation could go on in our voice. */
const QUOTES = /["\u201c-\u201f\u00ab\u00bb\u2033\uff02]/g;

/**
 * What a program says of itself, made fit to stand in a sentence of ours: on one line, of bounded length, and unable to
 * leave its quotation marks.
 *
 * @returns null where nothing is left
 */
export function claim(text: string | null): string | null {
  const line = (text ?? '').replace(UNSEEN, ' ').replace(QUOTES, "'").replace(/\s+/g, ' ').trim();
  if (line === '') return null;
  const characters = [...line];
  return characters.length <= LONGEST_CLAIM ? line : `${characters.slice(0, LONGEST_CLAIM - 1).join('')}…`;
}
