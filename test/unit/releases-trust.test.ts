import { describe, expect, it } from 'vitest';
import { isSafeFileName } from '../../src/main/releases/file-name.ts';
import { requireProviderHost } from '../../src/main/releases/provider-hosts.ts';

const GITHUB = { url: 'https://github.com', apiUrl: 'https://api.github.com' };
const ENTERPRISE = { url: 'https://git.example.com', apiUrl: 'https://git.example.com/api/v3' };
const LOCAL = { url: 'http://127.0.0.1:4000', apiUrl: 'http://127.0.0.1:4000' };

describe('an address that a file may come from', () => {
  it.each([
    ['https://github.com/Dvorinka/Trackeep/releases/download/v1.3.0/x', GITHUB],
    ['https://objects.githubusercontent.com/x', GITHUB],
    ['https://release-assets.githubusercontent.com/x?sig=1', GITHUB],
    ['https://git.example.com/x', ENTERPRISE],
    ['https://media.git.example.com/x', ENTERPRISE],
    ['http://127.0.0.1:4000/x', LOCAL],
  ])('can be %s', (address, github) => {
    expect(() => requireProviderHost(new URL(address), github)).not.toThrow();
  });

  it.each([
    ['another host', 'https://evil.test/x', GITHUB],
    ['a host that only ends alike', 'https://evilgithubusercontent.com/x', GITHUB],
    ['a host that begins alike', 'https://github.com.evil.test/x', GITHUB],
    ['a page of somebody', 'https://someone.github.com/x', GITHUB],
    ['plain HTTP', 'http://github.com/x', GITHUB],
    ['another port', 'https://objects.githubusercontent.com:8443/x', GITHUB],
    ['somebody’s name before the host', 'https://github.com@evil.test/x', GITHUB],
    ['credentials', 'https://me:secret@github.com/x', GITHUB],
    ['a local file', 'file:///etc/passwd', GITHUB],
    ['another port of this machine', 'http://127.0.0.1:4001/x', LOCAL],
    ['github.com, for an own server', 'https://github.com/x', ENTERPRISE],
  ])('is never %s', (_, address, github) => {
    expect(() => requireProviderHost(new URL(address), github)).toThrow(
      expect.objectContaining({ code: 'download_failed' }),
    );
  });
});

describe('a file name from outside', () => {
  it.each(['trackeep-linux-amd64.tar.gz', 'Trackeep Setup 1.3.0.exe', 'a+b_c(1).zip', 'Überblick.zip'])(
    'may be %s',
    (name) => {
      expect(isSafeFileName(name)).toBe(true);
    },
  );

  it.each([
    '',
    '.',
    '..',
    '../x',
    'a/b',
    'a\\b',
    '/etc/passwd',
    '.hidden',
    'x\0y',
    'x\ny',
    'CON',
    'nul.zip',
    'trailing.',
    'trailing ',
    'C:x',
    'x.part',
    'x.part.json',
    'x'.repeat(201),
  ])('is never %j', (name) => {
    expect(isSafeFileName(name)).toBe(false);
  });
});
