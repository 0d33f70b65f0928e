/** The machine that the file must run on, in Node's words (`process.platform`, `process.arch`). */
export interface Machine {
  os: string;
  arch: string;
}

const OS_WORDS: Readonly<Record<string, readonly string[]>> = {
  linux: ['linux', 'gnu', 'musl'],
  darwin: ['darwin', 'macos', 'mac', 'osx', 'apple'],
  win32: ['windows', 'win', 'win32', 'win64', 'msvc'],
  freebsd: ['freebsd'],
  openbsd: ['openbsd'],
  android: ['android'],
  ios: ['ios'],
};

const ARCH_WORDS: Readonly<Record<string, readonly string[]>> = {
  x64: ['x64', 'amd64', 'win64'],
  arm64: ['arm64', 'aarch64', 'armv8'],
  ia32: ['ia32', 'i386', 'i686', '386', 'x86'],
  arm: ['arm', 'armhf', 'armv6', 'armv6l', 'armv6hf', 'armv7', 'armv7l', 'armv7hf'],
  riscv64: ['riscv64'],
  ppc64: ['ppc64', 'ppc64le'],
  s390x: ['s390x'],
  loong64: ['loong64'],
};

const UNIVERSAL = ['universal', 'universal2', 'fat', 'all'];

/** What each system runs, the best first. "" is a bare executable. */
const FORMATS: Readonly<Record<string, readonly string[]>> = {
  linux: ['appimage', 'tar.gz', 'tgz', 'tar.xz', 'tar.zst', 'tar.bz2', 'zip', 'deb', 'rpm', ''],
  darwin: ['dmg', 'pkg', 'zip', 'tar.gz', 'tgz', 'tar.xz', ''],
  win32: ['exe', 'msi', 'msix', 'zip', '7z', 'tar.gz'],
};

/** Formats that name their system by themselves. */
const NATIVE: Readonly<Record<string, string>> = {
  appimage: 'linux',
  deb: 'linux',
  rpm: 'linux',
  dmg: 'darwin',
  pkg: 'darwin',
  exe: 'win32',
  msi: 'win32',
  msix: 'win32',
};

/** What lies beside a program and is none. */
const COMPANION_WORDS = ['source', 'src', 'sbom', 'debug', 'dbg', 'dbgsym', 'symbols', 'checksums', 'sha256sums'];

/**
 * The file of a release that is meant for this machine, judged by the names people give such files. A file for another
 * system or architecture is never chosen, not even where an emulation might run it: a file that does not start is worse
 * than none.
 *
 * @returns null if none is meant for this machine
 */
export function chooseAsset<A extends { readonly name: string }>(assets: readonly A[], machine: Machine): A | null {
  let best: { asset: A; rank: number } | null = null;
  for (const asset of assets) {
    const rank = rankOf(asset.name, machine);
    if (rank !== null && (best === null || rank < best.rank)) best = { asset, rank };
  }
  return best?.asset ?? null;
}

/** How well a file suits, 0 being the best; null: not at all. */
function rankOf(name: string, { os, arch }: Machine): number | null {
  const { words, format } = anatomy(name);
  const formatRank = FORMATS[os]?.indexOf(format) ?? -1;
  if (formatRank < 0 || words.some((word) => COMPANION_WORDS.includes(word))) return null;

  const systems = named(words, OS_WORDS);
  const native = NATIVE[format];
  if (native !== undefined ? native !== os : !systems.has(os)) return null;
  if (systems.size > 0 && !systems.has(os)) return null;

  const architectures = named(words, ARCH_WORDS);
  let archRank: number;
  if (architectures.has(arch)) archRank = 0;
  else if (architectures.size > 0) return null;
  else if (words.some((word) => UNIVERSAL.includes(word))) archRank = 1;
  // Builders leave the architecture out of a name where it is the usual one.
  else if (arch === 'x64') archRank = 2;
  else return null;

  const musl = words.includes('musl') ? 1 : 0;
  return formatRank * 100 + archRank * 10 + musl;
}

function anatomy(name: string): { words: string[]; format: string } {
  const lower = name.toLowerCase();
  const format = KNOWN_ENDINGS.find((ending) => lower.endsWith(`.${ending}`)) ?? unknownEnding(lower);
  const words = lower
    .slice(0, format === '' ? undefined : -format.length - 1)
    .replace(/x86[_-]64|x64_64|64[_-]?bit/g, 'x64')
    // "linux64", "macos-arm64", "darwinarm64": a system and an architecture in one word.
    .replace(/(linux|windows|macos|darwin|osx|win)_?(x64|amd64|arm64|aarch64)/g, '$1-$2')
    .replace(/(linux|macos|osx)64/g, '$1-x64')
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
  return { words, format };
}

const KNOWN_ENDINGS = [...new Set(Object.values(FORMATS).flat())]
  .filter((format) => format !== '')
  .sort((a, b) => b.length - a.length);

/** The ending of a file that no system runs (".sha256", ".sig", ".json"), or "" for a name that just has dots in it. */
function unknownEnding(lower: string): string {
  const ending = /\.([a-z][a-z0-9]*)$/.exec(lower)?.[1] ?? '';
  return isWordOfName(ending) ? '' : ending;
}

/** "trackeep.linux.amd64" ends in an architecture, not in a format. */
function isWordOfName(word: string): boolean {
  return [...Object.values(OS_WORDS), ...Object.values(ARCH_WORDS), UNIVERSAL].some((words) => words.includes(word));
}

function named(words: readonly string[], dictionary: Readonly<Record<string, readonly string[]>>): Set<string> {
  return new Set(
    Object.entries(dictionary)
      .filter(([, known]) => words.some((word) => known.includes(word)))
      .map(([meaning]) => meaning),
  );
}
