import coerce from 'semver/functions/coerce.js';
import compareBuild from 'semver/functions/compare-build.js';
import parse from 'semver/functions/parse.js';
import prerelease from 'semver/functions/prerelease.js';
import valid from 'semver/functions/valid.js';

/**
 * A tag that is no semantic version but has one in it: at least two numbers, since a single one is more likely a date
 * or a build ("nightly-20261010"), unless it is all there is ("v2").
 */
const LOOSE = /^(?:v?\d{1,4}|.*?(?<![\d.])\d{1,6}\.\d{1,6}(?:\.\d{1,6})?(?!\.?\d).*)$/i;
/** Builds that are tagged by their date: as a version, 2026.10.14 would be newer than every release to come. */
const BUILD_OF_A_DAY = /nightly|daily|canary|snapshot/i;
/** Four numbers, as Windows counts: the last one becomes build metadata, so that v1.3.0.1 is not lost. */
const FOUR_NUMBERS = /^v?(\d+\.\d+\.\d+)\.(\d+)$/i;
/** A tag longer than this is no version; semver itself draws the line at the same length. */
const LONGEST = 256;

/**
 * The semantic version that a tag, or what a person typed, stands for.
 *
 * @returns without a leading v, or null where there is none ("nightly", "latest", "dev")
 */
export function versionOf(tag: string): string | null {
  const text = tag.trim();
  if (text.length > LONGEST) return null;
  const exact = parse(text);
  if (exact) return withBuild(exact.version, exact.build.join('.'));
  const [, three, fourth] = FOUR_NUMBERS.exec(text) ?? [];
  if (three !== undefined && valid(three)) return withBuild(three, fourth ?? '');
  if (!LOOSE.test(text) || BUILD_OF_A_DAY.test(text)) return null;
  return coerce(text, { includePrerelease: true })?.version ?? null;
}

function withBuild(version: string, build: string): string {
  return build === '' ? version : `${version}+${build}`;
}

/**
 * Orders two versions of `versionOf`: negative if `a` is older. Build metadata decides between otherwise equal ones,
 * which SemVer leaves open (§10): a hotfix tagged v1.3.0+1 or v1.3.0.1 came after v1.3.0.
 */
export function compareVersions(a: string, b: string): number {
  return compareBuild(a, b);
}

/** Whether a version says of itself that it is a prerelease (SemVer §9). */
export function isPrerelease(version: string): boolean {
  return prerelease(version) !== null;
}
