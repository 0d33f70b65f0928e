/** Names that Windows keeps for its devices, with any ending. */
const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/**
 * Whether a name that came from outside can be a file name on every system: one plain component, nothing hidden, no
 * control characters, and not so long that a suffix of ours would not fit behind it.
 */
export function isSafeFileName(name: string): boolean {
  return (
    name.length <= 200 &&
    /^[\p{L}\p{N}_][\p{L}\p{N} ()+,.=@_~-]*$/u.test(name) &&
    !/[. ]$/.test(name) &&
    !/\.(?:part|part\.json)$/i.test(name) &&
    !RESERVED.test(name)
  );
}
