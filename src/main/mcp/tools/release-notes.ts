import { z } from 'zod';
import type { Connections } from '../../connections/connections.ts';
import { AppError, hasCode } from '../../core/errors.ts';
import { TRACKEEP } from '../../releases/feed.ts';
import type { Releases } from '../../releases/releases.ts';
import { versionOf } from '../../releases/versions.ts';
import { isoTime, webPage } from './github-values.ts';
import { defineTool, type Tool } from './tool.ts';

/** Notes beyond this are cut: they go into a model's context. */
const LONGEST_NOTES = 20_000;

const Input = z.strictObject({
  version: z.string().max(64).optional().describe('Such as 1.3.0. Left out: the latest release.'),
});

const Output = z.strictObject({
  version: z.string(),
  name: z.string(),
  publishedAt: z.iso.datetime().nullable(),
  prerelease: z.boolean(),
  notes: z.string().describe('Markdown as the maintainers wrote it.'),
  shortened: z.boolean().describe('Whether the notes go on on the page of the release.'),
  url: z.url().nullable(),
});
type Output = z.infer<typeof Output>;

/** What of GitHub's answer is used; everything may be missing on older servers and for hand-made releases. */
const GitHubRelease = z.object({
  tag_name: z.string(),
  name: z.string().nullish().catch(null),
  body: z.string().nullish().catch(null),
  prerelease: z.boolean().catch(false).default(false),
  published_at: z.string().nullish().catch(null),
  html_url: z.string().nullish().catch(null),
});

/** The notes of the latest release, which are at hand, or of another one, which GitHub is asked for. */
export function releaseNotes(parts: {
  connections: Pick<Connections, 'github'>;
  releases: Pick<Releases, 'view'>;
}): Tool {
  const { connections, releases } = parts;

  async function fetchRelease(version: string, signal: AbortSignal): Promise<Omit<Output, 'shortened'>> {
    const github = await connections.github();
    const { data } = await github
      .request('GET /repos/{owner}/{repo}/releases/tags/{tag}', {
        ...TRACKEEP,
        tag: `v${version}`,
        request: { signal },
      })
      .catch((error: unknown) => {
        if (!hasCode(error, 'not_found')) throw error;
        throw new AppError('not_found', `There is no release ${version} of Trackeep.`, {
          remedy: 'Leave "version" out for the latest release.',
        });
      });
    const release = GitHubRelease.safeParse(data);
    if (!release.success) {
      throw new AppError('provider_error', 'GitHub answered something that is not a release.', {
        cause: release.error,
      });
    }
    const { name, body, prerelease, published_at, html_url, tag_name } = release.data;
    return {
      version,
      name: name?.trim() || tag_name,
      publishedAt: isoTime(published_at),
      prerelease,
      notes: body ?? '',
      url: webPage(html_url),
    };
  }

  async function find(wanted: string | undefined, signal: AbortSignal): Promise<Omit<Output, 'shortened'>> {
    const { latest, error } = releases.view();
    const version = wanted === undefined ? latest?.version : versionOf(wanted);
    if (version === undefined) {
      throw new AppError('no_releases', error?.message ?? 'No release is known yet.', {
        remedy: 'Call check_updates with "fresh": true first.',
      });
    }
    if (version === null) throw new AppError('bad_input', `${wanted} is not a version.`);
    return latest?.version === version ? latest : fetchRelease(version, signal);
  }

  return defineTool({
    name: 'release_notes',
    title: 'Trackeep release notes',
    description: 'Gives the release notes of the latest Trackeep version, or of a version that you name.',
    openWorld: true,
    input: Input,
    output: Output,
    async run(input, { signal }) {
      const { version, name, publishedAt, prerelease, notes, url } = await find(input.version, signal);
      return {
        version,
        name,
        publishedAt,
        prerelease,
        notes: notes.slice(0, LONGEST_NOTES),
        shortened: notes.length > LONGEST_NOTES,
        url,
      };
    },
  });
}
