import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pageFile } from '../../src/main/desktop/page-files.ts';

const FOLDER = resolve('/opt/app/renderer');

/** As the protocol handler does it: through URL first, which resolves what is plain. */
function asked(address: string): string | null {
  return pageFile(new URL(address, 'app://trackeep/').pathname, FOLDER);
}

describe('the files behind app:// addresses', () => {
  it('are those of the renderer', () => {
    expect(asked('/')).toBe(join(FOLDER, 'index.html'));
    expect(asked('/assets/index-1.js?v=2#x')).toBe(join(FOLDER, 'assets', 'index-1.js'));
    expect(asked('/a%20b.css')).toBe(join(FOLDER, 'a b.css'));
  });

  it.each([
    '/%2e%2e%2fmain/desktop.js',
    '/..%2f..%2fetc/passwd',
    '/assets/..%2f..%2fsecret',
    '/..%5c..%5csecret',
    '/%00',
    '/index.html%00.js',
    '/%',
  ])('%s is none of them', (address) => {
    expect(asked(address)).toBeNull();
  });

  it.each(['/../../etc/passwd', '/assets/%2e%2e/%2e%2e/etc/passwd'])('%s stays inside', (address) => {
    expect(asked(address)).toBe(join(FOLDER, 'etc', 'passwd'));
  });

  it('a folder beside it whose name begins the same is none either', () => {
    expect(pageFile('/%2e%2e%2frenderer-secrets/key', FOLDER)).toBeNull();
  });
});
