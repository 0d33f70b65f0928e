import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareVersions, isPrerelease, versionOf } from '../../src/main/releases/versions.ts';

describe('the version in a tag', () => {
  it.each([
    ['v1.2.5', '1.2.5'],
    ['1.2.5', '1.2.5'],
    [' v1.2.5 ', '1.2.5'],
    ['=1.2.5', '1.2.5'],
    ['v1.4.0-rc.1', '1.4.0-rc.1'],
    ['v1.2.5+build.7', '1.2.5+build.7'],
    ['1.3', '1.3.0'],
    ['v2', '2.0.0'],
    ['release-1.3', '1.3.0'],
    ['release/1.3.1', '1.3.1'],
    ['trackeep-v1.3.0-rc.2', '1.3.0-rc.2'],
    ['v1.3.0.1', '1.3.0+1'],
    ['1.2.5 (docker)', '1.2.5'],
    ['v1.5.0-nightly.20261010', '1.5.0-nightly.20261010'],
  ])('%s stands for %s', (tag, version) => {
    expect(versionOf(tag)).toBe(version);
  });

  it.each([
    'nightly',
    'latest',
    'dev',
    '',
    'v',
    'v1.',
    'build-5',
    'nightly-20261010',
    'nightly-2026.10.14',
    '2026-11-21',
    '1.2.3.4.5',
    '99999999999999999999.1.1',
    '1'.repeat(300),
  ])('%j stands for none', (tag) => {
    expect(versionOf(tag)).toBeNull();
  });

  it('is a version that can be compared, or none, whatever the tag', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[v\d.+\- a-z]{0,40}$/)), (tag) => {
        const version = versionOf(tag);
        if (version !== null) expect(compareVersions(version, version)).toBe(0);
      }),
    );
  });
});

describe('the order of versions', () => {
  it('is that of SemVer, with a hotfix after what it fixes', () => {
    const tags = ['v1.3.0.1', 'v1.10.0', '1.3', 'v1.2.7', 'v1.3.0-rc.10', 'v1.3.0-rc.2', 'v1.3.0-beta', 'v1.2.10'];
    const sorted = tags.toSorted((a, b) => compareVersions(versionOf(a) ?? '', versionOf(b) ?? ''));
    expect(sorted).toEqual([
      'v1.2.7',
      'v1.2.10',
      'v1.3.0-beta',
      'v1.3.0-rc.2',
      'v1.3.0-rc.10',
      '1.3',
      'v1.3.0.1',
      'v1.10.0',
    ]);
  });

  it('knows a prerelease by its version', () => {
    expect(isPrerelease('1.4.0-rc.1')).toBe(true);
    expect(isPrerelease('1.4.0+1')).toBe(false);
  });
});
