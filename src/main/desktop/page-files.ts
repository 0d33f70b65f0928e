import { join, resolve, sep } from 'node:path';

/**
 * The file behind a path of an address, or null when it would lie outside `folder`. URL has taken out plain `..`; what
 * is encoded (`%2e%2e%2f`, `%5c`) comes to light here.
 */
export function pageFile(pathname: string, folder: string): string | null {
  let path: string;
  try {
    path = decodeURIComponent(pathname);
  } catch {
    return null;
  }
  if (path.includes('\0') || path.includes('\\')) return null;
  const root = resolve(folder);
  const file = join(root, path === '/' ? 'index.html' : path);
  return file.startsWith(root + sep) ? file : null;
}
