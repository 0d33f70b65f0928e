/** Where an expected SHA-256 came from, the most trustworthy first. */
export type ChecksumSource = 'digest' | 'checksum_asset' | 'notes';

export interface Checksum {
  /** 64 hex digits, lower case. */
  sha256: string;
  source: ChecksumSource;
}

interface ChecksumAsset {
  readonly name: string;
  readonly digest: string | null;
}

const SHA256 = /(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/i;

/**
 * What a file of a release must hash to: the digest that GitHub computed at the upload, else the release's own checksum
 * file, else a line of the notes that names the file.
 *
 * @param fetchText reads one of the release's small files; what it throws is passed on, since a checksum that exists but
 *   cannot be read must not turn into "there is none"
 * @returns null if the release names no checksum for it
 */
export async function findChecksum<A extends ChecksumAsset>(
  asset: A,
  release: { readonly assets: readonly A[]; readonly notes: string },
  fetchText: (asset: A) => Promise<string>,
): Promise<Checksum | null> {
  const digest = /^sha256:([0-9a-f]{64})$/i.exec(asset.digest ?? '')?.[1];
  if (digest !== undefined) return { sha256: digest.toLowerCase(), source: 'digest' };
  for (const candidate of checksumAssets(asset, release.assets)) {
    const own = candidate.name.toLowerCase().startsWith(asset.name.toLowerCase());
    const sha256 = checksumIn(await fetchText(candidate), asset.name, { lone: own });
    if (sha256 !== null) return { sha256, source: 'checksum_asset' };
  }
  const sha256 = checksumIn(release.notes, asset.name, { lone: false });
  return sha256 === null ? null : { sha256, source: 'notes' };
}

/** The files that may hold it: first the one of this very file, then those of the whole release. */
function checksumAssets<A extends ChecksumAsset>(asset: A, assets: readonly A[]): A[] {
  const own = new Set([`${asset.name}.sha256`, `${asset.name}.sha256sum`, `${asset.name}.sha256.txt`].map(lower));
  return [
    ...assets.filter(({ name }) => own.has(lower(name))),
    ...assets.filter(({ name }) =>
      /(?:^|[._-])(?:sha256sums?|checksums?|checksums?[._-]sha256)(?:\.txt)?$/i.test(name),
    ),
  ];
}

/**
 * The SHA-256 of `fileName` in a text: `sha256sum` lines, BSD lines (`SHA256 (name) = …`), table rows and prose alike –
 * a line that holds the name as a whole word and exactly one SHA-256.
 *
 * @param options.lone whether a text with nothing but one SHA-256 is enough
 */
export function checksumIn(text: string, fileName: string, options: { lone: boolean }): string | null {
  for (const line of text.split(/\r?\n/)) {
    if (namesFile(line, fileName)) {
      const sha256 = onlyChecksum(line);
      if (sha256 !== null) return sha256;
    }
  }
  return options.lone && text.trim().length === 64 ? onlyChecksum(text) : null;
}

function onlyChecksum(text: string): string | null {
  const [first, ...others] = text.match(new RegExp(SHA256, 'gi')) ?? [];
  return first !== undefined && others.length === 0 ? first.toLowerCase() : null;
}

/** "app.zip" is in "`app.zip`" and "./app.zip", but not in "my-app.zip" or "app.zip.sig". */
function namesFile(line: string, fileName: string): boolean {
  for (let at = line.indexOf(fileName); at >= 0; at = line.indexOf(fileName, at + 1)) {
    const before = line.slice(0, at).at(-1) ?? ' ';
    const after = line.slice(at + fileName.length, at + fileName.length + 2);
    if (/[\s*`|(/"'\\[]/.test(before) && /^(?:$|[\s`|)"'\],;:=]|\.(?:$|\s))/.test(after)) return true;
  }
  return false;
}

const lower = (text: string) => text.toLowerCase();
