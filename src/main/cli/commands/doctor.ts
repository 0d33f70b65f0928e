import type { Check, DoctorView } from '../../../shared/app-views.ts';
import type { Command, Invocation } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import type { Terminal } from '../terminal.ts';
import { wrap } from '../words.ts';

export const doctor: Command = {
  name: 'doctor',
  summary: 'Examine whether everything works and is safe',
  description: [
    'Tests each claim about your tokens, the vault, the network and the doors of the app, and says for each whether it is safe, unsafe or could not be decided, and what to do.',
    'It exits with 0 when it could examine; with --strict it exits with 1 when something is unsafe.',
    '--rotate-key makes a new master key and encrypts everything anew, in one transaction: an interruption loses nothing.',
  ],
  options: [
    { name: 'strict', text: 'Exit with 1 when something is unsafe.' },
    { name: 'rotate-key', text: 'Make a new master key first.' },
  ],
  examples: ['trackeep doctor', 'trackeep doctor --strict --json', 'trackeep doctor --rotate-key'],

  async run(invocation) {
    const { has } = invocation;
    if (has('rotate-key')) return rotateKey(invocation);
    const view = await invocation.call('doctor.run', {});
    show(invocation, view);
    return has('strict') && view.verdict === 'unsafe' ? EXIT.failed : EXIT.fine;
  },
};

async function rotateKey({ call, json, terminal }: Invocation): Promise<number> {
  const result = await call('vault.rotate', {});
  if (json) terminal.json(result);
  else terminal.print(`There is a new master key, and ${result.records} sealed records are encrypted under it.`);
  return EXIT.fine;
}

const VERDICTS: Record<Check['verdict'], { shape: string; sum: string; paint: 'green' | 'red' | 'yellow' }> = {
  safe: { shape: '✓', sum: 'Everything works and is safe.', paint: 'green' },
  unsafe: { shape: '✗', sum: 'Something is unsafe or does not work.', paint: 'red' },
  inconclusive: { shape: '?', sum: 'Something could not be decided.', paint: 'yellow' },
};

function show({ json, terminal }: Invocation, view: DoctorView): void {
  if (json) {
    terminal.json(view);
    return;
  }
  const { shape, sum, paint } = VERDICTS[view.verdict];
  terminal.print(terminal[paint](`${shape} ${sum}`), '', ...view.checks.flatMap((check) => lines(check, terminal)));
}

function lines({ title, verdict, detail, remedy }: Check, terminal: Terminal): string[] {
  const { shape, paint } = VERDICTS[verdict];
  return [
    `${terminal[paint](shape)} ${title} ${terminal.dim(`(${verdict})`)}`,
    ...wrap(detail, 78, '    '),
    ...(remedy === null ? [] : wrap(`→ ${remedy}`, 78, '    ')),
  ];
}
