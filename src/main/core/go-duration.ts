const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};

/**
 * Reads a duration as Go writes it (`24h`, `1h30m`, `1.5h`), which is how Trackeep's own settings are written.
 *
 * @returns ms, or null for anything that is not such a duration, a negative one included
 */
export function parseGoDuration(text: string): number | null {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/gy)];
  const matched = parts.reduce((length, [whole]) => length + whole.length, 0);
  if (parts.length === 0 || matched !== text.length) return null;
  return Math.round(parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (UNIT_MS[unit ?? ''] ?? 0), 0));
}
