import type { DoctorView } from '../../shared/views.ts';
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
