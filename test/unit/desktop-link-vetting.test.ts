import { describe, expect, it } from 'vitest';
import { vetLink } from '../../src/main/desktop/link-vetting.ts';

const EMULATOR = 'http://127.0.0.1:40123';

describe('a link that wants to be opened in the browser', () => {
  it.each(['https://github.com/login/device', 'https://github.com:8443/x?y=1#z'])('%s is opened', (url) => {
    expect(vetLink(url, [])?.href).toBe(url);
  });

  it.each([
    ['plain http', 'http://github.com/'],
    ['plain http on this machine, where no provider is', 'http://127.0.0.1:9090/ui/'],
    ['a user name', 'https://github.com@evil.test/'],
    ['a password', 'https://:secret@evil.test/'],
    ['a file', 'file:///etc/passwd'],
    ['a share', 'smb://evil.test/share'],
    ['a script', 'javascript:alert(1)'],
    ['data', 'data:text/html,hello'],
    ['the window itself', 'app://trackeep/index.html'],
    ['another program', 'vscode://install/x'],
    ['nothing', ''],
    ['half an address', '//github.com/'],
  ])('%s is refused', (_what, url) => {
    expect(vetLink(url, [])).toBeNull();
  });

  it('a local emulator that is set as provider may be plain http', () => {
    expect(vetLink(`${EMULATOR}/login/device`, [EMULATOR])?.href).toBe(`${EMULATOR}/login/device`);
  });

  it.each([
    ['another port', 'http://127.0.0.1:40124/'],
    ['another name', 'http://127.0.0.1.evil.test:40123/'],
    ['a user name', 'http://me@127.0.0.1:40123/'],
  ])('but not with %s', (_what, url) => {
    expect(vetLink(url, [EMULATOR])).toBeNull();
  });

  it('a provider elsewhere never is, even if it is set', () => {
    expect(vetLink('http://github.example.test/', ['http://github.example.test'])).toBeNull();
  });
});
