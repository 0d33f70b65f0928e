import type { Check, DoctorView } from '../../shared/app-views.ts';
import { VERDICTS } from './states.ts';

/** The doctor's findings as plain text, to paste into an issue. */
export function doctorReport(doctor: DoctorView): string {
  const lines = [`Trackeep Tray doctor, ${doctor.checkedAt}`, `Verdict: ${VERDICTS[doctor.verdict].word}`, ''];
  for (const check of doctor.checks) {
    lines.push(`[${VERDICTS[check.verdict].word}] ${check.title}`, `  ${check.detail}`);
    if (check.remedy !== null) lines.push(`  Remedy: ${check.remedy}`);
  }
  return lines.join('\n');
}

/** How the checks came out, as one phrase: "5 safe, 1 unsafe". */
export function tally(checks: readonly Check[]): string {
  const counted = (['unsafe', 'inconclusive', 'safe'] as const).map((verdict) => {
    const count = checks.filter((check) => check.verdict === verdict).length;
    return { count, word: verdict === 'inconclusive' ? 'that cannot be told' : verdict };
  });
  return counted
    .filter(({ count }) => count > 0)
    .map(({ count, word }) => `${count} ${word}`)
    .join(', ');
}
