import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const SCRIPTS = resolve(import.meta.dirname, '../../scripts');
const OUTPUTS = [
  'main/desktop.js',
  'main/headless.js',
  'preload/preload.cjs',
  'renderer/index.html',
  'cli/trackeep.mjs',
  'cli/commands.mjs',
];

/** A clone with the real scripts, one package, and an npm and a build that only write down that they ran. */
let clone: string;

beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), 'trackeep setup '));
  cpSync(SCRIPTS, join(clone, 'scripts'), { recursive: true });
  write('src/main.ts', 'export {};');
  write('package-lock.json', lock('1.0.0'));
  write('ran.txt', '');
  write(
    'fake/npm-cli.js',
    `const fs = require('node:fs');
     fs.appendFileSync('ran.txt', 'npm ' + process.argv.slice(2).join(' ') + '\\n');
     if (fs.existsSync('npm-fails')) { console.log('the words of npm'); process.exit(1); }
     fs.mkdirSync('node_modules/one', { recursive: true });
     fs.writeFileSync('node_modules/one/package.json', '{}');
     const { packages } = JSON.parse(fs.readFileSync('package-lock.json', 'utf8'));
     delete packages[''];
     delete packages['node_modules/for-another-system'];
     fs.writeFileSync('node_modules/.package-lock.json', JSON.stringify({ packages }));`,
  );
  write(
    'scripts/build.mjs',
    `import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
     import { dirname } from 'node:path';
     import { fingerprintInputs, markBuilt } from './build-stamp.mjs';
     appendFileSync('ran.txt', 'build\\n');
     for (const output of ${JSON.stringify(OUTPUTS.map((name) => `out/${name}`))}) {
       mkdirSync(dirname(output), { recursive: true });
       writeFileSync(output, '');
     }
     markBuilt(fingerprintInputs());`,
  );
});

afterEach(() => {
  rmSync(clone, { recursive: true, force: true });
});

function write(path: string, text: string): void {
  mkdirSync(dirname(join(clone, path)), { recursive: true });
  writeFileSync(join(clone, path), text);
}

function lock(version: string): string {
  const packages = {
    '': { name: 'clone' },
    'node_modules/one': { version, integrity: `sha512-${version}` },
    'node_modules/for-another-system': { version, optional: true },
  };
  return JSON.stringify({ packages });
}

/** Sets the clone up, and answers what ran for it since the last time. */
function setUp(): { ran: string[]; code: number | null; output: string } {
  const before = readFileSync(join(clone, 'ran.txt'), 'utf8').length;
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(clone, 'scripts/setup.mjs')], {
    env: { ...process.env, npm_execpath: join(clone, 'fake/npm-cli.js'), npm_node_execpath: process.execPath },
    encoding: 'utf8',
  });
  const ran = readFileSync(join(clone, 'ran.txt'), 'utf8').slice(before).trim().split('\n').filter(Boolean);
  return { ran, code: status, output: stdout + stderr };
}

describe('setting up a clone', () => {
  it('installs and builds a bare one, with one line for each', () => {
    const { ran, code, output } = setUp();
    expect(ran).toEqual(['npm ci --no-audit --no-fund', 'build']);
    expect(code).toBe(0);
    expect(output).toMatch(/^Installing the packages .* … [\d.]+ s\nBuilding the app … [\d.]+ s\n$/);
  });

  it('does nothing, and says nothing, when everything is there', () => {
    setUp();
    expect(setUp()).toEqual({ ran: [], code: 0, output: '' });
  });

  it.each([
    ['the lockfile names another version', () => write('package-lock.json', lock('1.0.1'))],
    ['an installation was interrupted', () => rmSync(join(clone, 'node_modules/.package-lock.json'))],
    ['a package was deleted', () => rmSync(join(clone, 'node_modules/one'), { recursive: true })],
  ])('installs again when %s', (_what, change) => {
    setUp();
    change();
    expect(setUp().ran).toContain('npm ci --no-audit --no-fund');
  });

  it.each([
    ['a source was edited', () => appendFileSync(join(clone, 'src/main.ts'), '\n')],
    ['a source came', () => write('src/new/file.ts', '')],
    ['a source went', () => rmSync(join(clone, 'src/main.ts'))],
    ['a bundle is gone', () => rmSync(join(clone, 'out/main/headless.js'))],
  ])('builds again when %s', (_what, change) => {
    setUp();
    change();
    expect(setUp().ran).toEqual(['build']);
  });

  it('takes a source with a new time and the old content for what it is', () => {
    setUp();
    write('src/main.ts', 'export {};');
    expect(setUp().ran).toEqual([]);
  });

  it('shows what a tool said when it failed, and only then', () => {
    write('npm-fails', '');
    const { code, output } = setUp();
    expect(code).toBe(1);
    expect(output).toContain('The packages could not be installed.');
    expect(output).toContain('the words of npm');
  });
});

describe.runIf(process.platform === 'linux')('a part of the system that is missing', () => {
  /** Asks for one program that only the fake apt-get can bring, as root or not. */
  function provide({ apt }: { apt: string | null }) {
    const bin = join(clone, 'bin');
    mkdirSync(bin);
    if (apt !== null) {
      for (const name of ['apt-get', 'sudo']) {
        writeFileSync(join(bin, name), `#!/bin/sh\ncase "$*" in *install*) ${apt};; esac\n`);
        chmodSync(join(bin, name), 0o755);
      }
    }
    const script = `
      import { existsSync } from 'node:fs';
      import { provideByApt } from ${JSON.stringify(join(clone, 'scripts/system-parts.mjs'))};
      import { exitWith } from ${JSON.stringify(join(clone, 'scripts/steps.mjs'))};
      const isPresent = () => existsSync(${JSON.stringify(join(bin, 'tool'))});
      await exitWith(() => provideByApt([{ what: 'the Tool', apt: 'tool-package', isPresent }]));`;
    const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
      env: { PATH: `${bin}:/usr/bin:/bin`.replace(apt === null ? ':/usr/bin:/bin' : '', '') },
      encoding: 'utf8',
    });
    return { code: status, said: stderr };
  }

  it('is installed where apt can do it, with one line', () => {
    const { code, said } = provide({ apt: `touch '${join(clone, 'bin', 'tool')}'` });
    expect(code).toBe(0);
    expect(said).toMatch(/^Installing tool-package with apt-get … [\d.]+ s\n$/);
  });

  it('fails the run with the command to type where apt fails', () => {
    const { code, said } = provide({ apt: 'echo no such package; exit 100' });
    expect(code).toBe(1);
    expect(said).toContain('no such package');
    expect(said).toContain('sudo apt-get install tool-package');
  });

  it('fails the run where there is no apt', () => {
    const { code, said } = provide({ apt: null });
    expect(code).toBe(1);
    expect(said).toContain('Install the Tool and run this again');
  });
});
