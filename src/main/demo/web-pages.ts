import { type Answer, type Exchange, html, redirect } from './exchange.ts';
import { messagePage, releasePage } from './pages.ts';
import type { PublishedRelease } from './release-catalogue.ts';
import type { ReleaseFiles } from './release-files.ts';
import type { Repository } from './upstream.ts';

/** The repository's pages on the web that people and downloads come to. Answers null for every other path. */
export function createWebPages(parts: {
  origin: () => string;
  repository: Repository;
  published: ReadonlyMap<string, PublishedRelease>;
  files: ReleaseFiles;
}): (exchange: Exchange) => Answer | null {
  const { files, published } = parts;
  const releases = `/${parts.repository.owner}/${parts.repository.name}/releases`;

  return (exchange) => {
    const { path } = exchange;
    if (path.startsWith(`${releases}/tag/`)) {
      const release = published.get(decodeURIComponent(path.slice(`${releases}/tag/`.length)));
      if (!release || release.draft) return html(404, messagePage('Not found', 'There is no such release.'));
      return html(200, releasePage(release.name ?? release.tag, release.notes ?? ''));
    }
    const download = path.startsWith(`${releases}/download/`);
    if (download) {
      // As GitHub does: the file itself lies in its object storage, on another host.
      return redirect(`${parts.origin()}/release-assets/${path.slice(`${releases}/download/`.length)}`);
    }
    if (!path.startsWith('/release-assets/')) return null;
    const [tag = '', name = ''] = path.split('/').slice(-2).map(decodeURIComponent);
    const release = published.get(tag);
    const file = release?.files?.find((candidate) => candidate.name === name && files.listed(candidate));
    if (!release || release.draft || !file) return html(404, messagePage('Not found', 'There is no such file.'));
    return files.serve(exchange, release, file);
  };
}
