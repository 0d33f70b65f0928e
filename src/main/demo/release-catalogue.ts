/** What is inside a release file. */
export type FileContent =
  /** Reproducible noise of this many bytes: every tag and name has its own. */
  | { noise: number }
  | { text: string }
  /** `sha256sum` lines for all the other files of the release. */
  | { checksums: true };

export interface PublishedFile {
  name: string;
  content: FileContent;
}

/** A release as it stands in the emulated repository. */
export interface PublishedRelease {
  tag: string;
  name?: string;
  /** Markdown. */
  notes?: string;
  /** ISO 8601. */
  publishedAt: string;
  prerelease?: boolean;
  draft?: boolean;
  files?: PublishedFile[];
}

const TARGETS = ['linux-amd64', 'linux-arm64', 'darwin-amd64', 'darwin-arm64', 'windows-amd64', 'windows-arm64'];

/** The files of an ordinary release: one per platform and architecture, and their checksums. */
export function platformFiles(bytes: number): PublishedFile[] {
  return [
    ...TARGETS.map((target) => ({
      name: `trackeep-${target}.${target.startsWith('windows') ? 'zip' : 'tar.gz'}`,
      content: { noise: bytes },
    })),
    { name: 'checksums.txt', content: { checksums: true } },
  ];
}

/**
 * Trackeep's published releases, v1.2.5 to v1.3.0, and a draft that nobody may be offered.
 *
 * @param bytes size of each file of v1.3.0; the older ones are small
 */
export function trackeepReleases(bytes: number): PublishedRelease[] {
  return [
    {
      tag: 'v1.2.5',
      name: 'Trackeep 1.2.5',
      publishedAt: '2026-06-03T09:12:41Z',
      notes:
        '### Fixed\n\n- Importing bookmarks from Firefox keeps their folders.\n- The search box no longer loses focus.\n',
      files: platformFiles(65_536),
    },
    {
      tag: 'v1.2.6',
      name: 'Trackeep 1.2.6',
      publishedAt: '2026-07-08T14:30:05Z',
      notes:
        '### Fixed\n\n- Time entries that cross midnight are counted on both days.\n\n### Changed\n\n- The task list loads in pages of 50.\n',
      files: platformFiles(65_536),
    },
    {
      tag: 'v1.2.7',
      name: 'Trackeep 1.2.7',
      publishedAt: '2026-08-19T08:02:57Z',
      notes:
        '### Security\n\n- Session cookies are `SameSite=Strict`.\n\n### Fixed\n\n- Uploads larger than 100 MB work again.\n',
      files: platformFiles(65_536),
    },
    {
      tag: 'v1.3.0',
      name: 'Trackeep 1.3.0',
      publishedAt: '2026-10-14T16:45:20Z',
      notes: [
        '## GitHub, without copying tokens',
        '',
        'Trackeep now connects to GitHub through one app for all of your organisations.',
        '',
        '### Added',
        '',
        '- Connect **several GitHub organisations** and choose the repositories of each.',
        '- A *Learning paths* overview with your progress per week.',
        '- Updates can be checked and installed from the settings page.',
        '',
        '### Changed',
        '',
        '- Notes are saved while you type; `Ctrl+S` still works.',
        '- The database is migrated at the first start. Make a backup before.',
        '',
        '### Fixed',
        '',
        '- Bookmarks with emoji in their titles sort as expected.',
        '- Calendar events keep their time zone over the change to winter time.',
        '',
        '| Platform | x64 | arm64 |',
        '| --- | --- | --- |',
        '| Linux | yes | yes |',
        '| macOS | yes | yes |',
        '| Windows | yes | yes |',
        '',
        'All changes: [v1.2.7...v1.3.0](https://github.com/Dvorinka/Trackeep/compare/v1.2.7...v1.3.0)',
        '',
      ].join('\n'),
      files: platformFiles(bytes),
    },
    {
      tag: 'v1.4.0',
      name: 'Trackeep 1.4.0 (in preparation)',
      publishedAt: '2026-11-18T10:00:00Z',
      notes: 'To be written.',
      draft: true,
    },
  ];
}

/** The release candidate that people see who ask for prereleases. */
export function releaseCandidate(bytes: number): PublishedRelease {
  return {
    tag: 'v1.4.0-rc.1',
    name: 'Trackeep 1.4.0, release candidate 1',
    publishedAt: '2026-11-10T11:20:00Z',
    notes: 'Please try it and tell us.\n\n- Shared workspaces.\n- A faster editor.\n',
    prerelease: true,
    files: platformFiles(bytes),
  };
}
