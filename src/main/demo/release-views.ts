import type { PublishedFile, PublishedRelease } from './release-catalogue.ts';
import type { ReleaseFiles } from './release-files.ts';
import type { Repository } from './upstream.ts';

/** A piece of JSON as `emulate` answered it. */
type Json = Record<string, unknown>;

/** Puts into emulate's releases what it does not keep: their dates, and size, digest and address of their files. */
export interface ReleaseViews {
  dress(answer: unknown): unknown;
  /** The newest published one of a dressed list; null: there is none. */
  latestOf(dressed: unknown): Json | null;
}

export function createReleaseViews(parts: {
  origin: () => string;
  repository: Repository;
  published: ReadonlyMap<string, PublishedRelease>;
  files: ReleaseFiles;
}): ReleaseViews {
  const { files, published } = parts;

  function dressRelease(answer: Json): Json {
    const release = published.get(String(answer.tag_name));
    if (!release) return answer;
    const ids = new Map(objects(answer.assets).map((asset) => [asset.name, asset]));
    const listed = (release.files ?? []).filter((file) => files.listed(file));
    return {
      ...answer,
      created_at: release.publishedAt,
      published_at: release.draft ? null : release.publishedAt,
      assets: listed.map((file) => dressFile({ ...ids.get(file.name) }, release, file)),
    };
  }

  function dressFile(answer: Json, release: PublishedRelease, file: PublishedFile): Json {
    const { owner, name } = parts.repository;
    return {
      ...answer,
      name: file.name,
      size: files.size(release, file),
      content_type: 'application/octet-stream',
      digest: files.digest(release, file),
      created_at: release.publishedAt,
      updated_at: release.publishedAt,
      browser_download_url: `${parts.origin()}/${owner}/${name}/releases/download/${encodeURIComponent(release.tag)}/${encodeURIComponent(file.name)}`,
    };
  }

  return {
    dress(answer) {
      if (!Array.isArray(answer)) return isRelease(answer) ? dressRelease(answer) : answer;
      return objects(answer)
        .map((item) => (isRelease(item) ? dressRelease(item) : item))
        .sort((a, b) => String(b.created_at).localeCompare(String(a.created_at)));
    },
    latestOf: (dressed) => objects(dressed).find((release) => !release.draft && !release.prerelease) ?? null,
  };
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null;
const isRelease = (value: unknown): value is Json => isObject(value) && 'tag_name' in value;
const objects = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isObject) : []);
