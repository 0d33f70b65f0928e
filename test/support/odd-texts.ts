import { pick } from './seeded-random.ts';

/** A commit message of a megabyte. */
export const MEGABYTE = `A long story\n\n${'All work and no play makes the octopus a dull animal.\n'.repeat(19_419)}`;

/** What people (and worse) put into texts. None of it may ever be run or break anything. */
export const ODD_TEXTS: readonly string[] = [
  '<script>alert(document.domain)</script>',
  '<img src=x onerror="fetch(`//evil.test`)"> & "quotes" &amp; entities',
  '[a link](javascript:alert(1)) **bold** `code`',
  'اختبار ‏من اليمين إلى اليسار‏ ואז עברית',
  'right to left \u202egnirts desrever\u202c and back',
  'controls \u0000\u0007\u001b[31mred\u001b[0m\u007f\u0085 end',
  'emoji 👩‍👩‍👧‍👦🏳️‍🌈🌱 and a flag 🇨🇿',
  'half a character \ud83d and the other \udc31',
  'z\u0321\u0322\u0323\u0324alg\u0300\u0301\u0302o e\u0301 \u00e9',
  "'; drop table tracked_commits; -- $(reboot) {{constructor}} %s %n",
  'line\r\nbreaks\rof all\nkinds\tand tabs\u2028\u2029',
  '   ',
  '漢字とかな',
];

const SUBJECTS = ['the pump', 'the weather report', 'labels', 'the parser', 'the index', 'dates', 'tests', 'the docs'];
const VERBS = ['Fix', 'Add', 'Simplify', 'Remove', 'Speed up', 'Rename', 'Explain', 'Cover'];

/** A line as somebody would write it, or in one of twenty cases an odd one. */
export function someLine(random: () => number): string {
  return random() < 0.05 ? pick(random, ODD_TEXTS) : `${pick(random, VERBS)} ${pick(random, SUBJECTS)}`;
}

/** A commit message: mostly a line, sometimes with a body. */
export function someMessage(random: () => number): string {
  const line = someLine(random);
  const chance = random();
  if (chance < 0.02) return `${line} ${'and so on '.repeat(40)}`;
  if (chance < 0.2) return `${line}\n\n${someLine(random)}\n${someLine(random)}\n\nSigned-off-by: Mona\n`;
  return line;
}
