import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseAsset } from '../../src/main/releases/asset-choice.ts';

const LINUX = { os: 'linux', arch: 'x64' };
const LINUX_ARM = { os: 'linux', arch: 'arm64' };
const MAC = { os: 'darwin', arch: 'x64' };
const MAC_ARM = { os: 'darwin', arch: 'arm64' };
const WINDOWS = { os: 'win32', arch: 'x64' };
const WINDOWS_ARM = { os: 'win32', arch: 'arm64' };

const choose = (names: string[], machine: { os: string; arch: string }) =>
  chooseAsset(
    names.map((name) => ({ name })),
    machine,
  )?.name ?? null;

/** Releases the way different builders name their files. */
const GO_STYLE = [
  'checksums.txt',
  'trackeep-darwin-amd64.tar.gz',
  'trackeep-darwin-arm64.tar.gz',
  'trackeep-linux-amd64.tar.gz',
  'trackeep-linux-amd64.tar.gz.sha256',
  'trackeep-linux-arm64.tar.gz',
  'trackeep-windows-amd64.zip',
  'trackeep-windows-arm64.zip',
];
const ELECTRON_STYLE = [
  'latest-linux.yml',
  'latest-mac.yml',
  'latest.yml',
  'Trackeep-1.3.0-arm64-mac.zip',
  'Trackeep-1.3.0-arm64.AppImage',
  'Trackeep-1.3.0-arm64.dmg',
  'Trackeep-1.3.0-arm64.dmg.blockmap',
  'Trackeep-1.3.0.AppImage',
  'Trackeep-1.3.0.dmg',
  'Trackeep-Setup-1.3.0.exe',
  'trackeep_1.3.0_amd64.deb',
  'trackeep-1.3.0.x86_64.rpm',
];
const RUST_STYLE = [
  'trackeep-aarch64-apple-darwin.tar.xz',
  'trackeep-aarch64-unknown-linux-gnu.tar.xz',
  'trackeep-x86_64-apple-darwin.tar.xz',
  'trackeep-x86_64-pc-windows-msvc.zip',
  'trackeep-x86_64-unknown-linux-gnu.tar.xz',
  'trackeep-x86_64-unknown-linux-musl.tar.xz',
  'trackeep-x86_64-unknown-linux-gnu.tar.xz.sig',
];

describe('the file for this machine', () => {
  it.each([
    ['Go', GO_STYLE, LINUX, 'trackeep-linux-amd64.tar.gz'],
    ['Go', GO_STYLE, LINUX_ARM, 'trackeep-linux-arm64.tar.gz'],
    ['Go', GO_STYLE, MAC, 'trackeep-darwin-amd64.tar.gz'],
    ['Go', GO_STYLE, MAC_ARM, 'trackeep-darwin-arm64.tar.gz'],
    ['Go', GO_STYLE, WINDOWS, 'trackeep-windows-amd64.zip'],
    ['Go', GO_STYLE, WINDOWS_ARM, 'trackeep-windows-arm64.zip'],
    ['Electron', ELECTRON_STYLE, LINUX, 'Trackeep-1.3.0.AppImage'],
    ['Electron', ELECTRON_STYLE, LINUX_ARM, 'Trackeep-1.3.0-arm64.AppImage'],
    ['Electron', ELECTRON_STYLE, MAC, 'Trackeep-1.3.0.dmg'],
    ['Electron', ELECTRON_STYLE, MAC_ARM, 'Trackeep-1.3.0-arm64.dmg'],
    ['Electron', ELECTRON_STYLE, WINDOWS, 'Trackeep-Setup-1.3.0.exe'],
    ['Rust', RUST_STYLE, LINUX, 'trackeep-x86_64-unknown-linux-gnu.tar.xz'],
    ['Rust', RUST_STYLE, LINUX_ARM, 'trackeep-aarch64-unknown-linux-gnu.tar.xz'],
    ['Rust', RUST_STYLE, MAC_ARM, 'trackeep-aarch64-apple-darwin.tar.xz'],
    ['Rust', RUST_STYLE, WINDOWS, 'trackeep-x86_64-pc-windows-msvc.zip'],
  ])('in a release of the %s kind %# is the right one', (_, names, machine, expected) => {
    expect(choose(names, machine)).toBe(expected);
    expect(choose(names.toReversed(), machine)).toBe(expected);
  });

  it.each([
    ['trackeep_linux64.zip', LINUX],
    ['trackeep-linux-x64', LINUX],
    ['trackeep.linux.amd64', LINUX],
    ['Trackeep-Linux-64bit.tar.gz', LINUX],
    ['trackeep-macos-universal.dmg', MAC_ARM],
    ['trackeep-macos-universal.dmg', MAC],
    ['Trackeep.app-darwinarm64.zip', MAC_ARM],
    ['trackeep-win64.zip', WINDOWS],
    ['trackeep-win32-x64.zip', WINDOWS],
  ])('may be called %s', (name, machine) => {
    expect(choose([name], machine)).toBe(name);
  });

  it('is the one built for the architecture before a universal one', () => {
    expect(choose(['a-macos-universal.dmg', 'a-macos-arm64.dmg'], MAC_ARM)).toBe('a-macos-arm64.dmg');
  });

  it.each([
    ['an archive for macOS', 'trackeep-darwin-amd64.tar.gz', WINDOWS],
    ['another architecture', 'trackeep-linux-arm64.tar.gz', LINUX],
    ['another architecture that could be emulated', 'Trackeep-1.3.0-x64.dmg', MAC_ARM],
    ['an architecture left out, away from the usual one', 'Trackeep-1.3.0.AppImage', LINUX_ARM],
    ['a 32-bit build', 'trackeep-linux-i386.tar.gz', LINUX],
    ['a 32-bit ARM build', 'trackeep-linux-armv7.tar.gz', LINUX_ARM],
    ['the source', 'trackeep-linux-source.tar.gz', LINUX],
    ['no system', 'trackeep-1.3.0.tar.gz', LINUX],
    ['a checksum', 'trackeep-linux-amd64.tar.gz.sha256', LINUX],
    ['a signature', 'trackeep-linux-amd64.tar.gz.asc', LINUX],
    ['a bill of materials', 'trackeep-linux-amd64.sbom.json', LINUX],
    ['provenance', 'trackeep-linux-amd64.intoto.jsonl', LINUX],
    ['debug symbols', 'trackeep-windows-amd64-debug.zip', WINDOWS],
    ['an update manifest', 'latest-linux.yml', LINUX],
  ])('is never %s', (_, name, machine) => {
    expect(choose([name], machine)).toBeNull();
  });

  it('is one of the files or none, whatever they are called', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (names) => {
        const chosen = choose(names, LINUX);
        expect(chosen === null || names.includes(chosen)).toBe(true);
      }),
    );
  });
});
