import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const SCRIPT = resolve(import.meta.dirname, '../../scripts/check-layers.mjs');

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'trackeep-layers-'));
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

/** Writes a small house, runs the check on it the way `npm test` does, and answers what it complained about. */
function check(files: Record<string, string>): { code: number | null; complaints: string } {
  for (const [path, text] of Object.entries(files)) {
    const file = join(root, 'src', path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  const { status, stderr } = spawnSync(process.execPath, [SCRIPT, root], { encoding: 'utf8' });
  return { code: status, complaints: stderr };
}

describe('the order of rooms', () => {
  it('lets a room import from the rooms below it, from src/shared and from packages', () => {
    const outcome = check({
      'shared/views.ts': 'export const view = 1;',
      'main/core/clock.ts': "import { view } from '../../shared/views.ts';\nexport const clock = view;",
      'main/vault/vault.ts': "import { readFile } from 'node:fs/promises';\nimport { clock } from '../core/clock.ts';",
      'main/app.ts': "import { version } from '../../package.json';\nimport './vault/vault.ts';",
      'main/desktop/main.ts': "import { app } from 'electron';\nimport '../app.ts';",
      'renderer/main.tsx': "import { view } from '../shared/views.ts';\nimport { useState } from 'react';",
    });
    expect(outcome).toEqual({ code: 0, complaints: '' });
  });

  it('refuses an import from a room above', () => {
    const outcome = check({ 'main/vault/vault.ts': "\nimport '../connections/connections.ts';" });
    expect(outcome.code).toBe(1);
    expect(outcome.complaints).toBe(
      'src/main/vault/vault.ts:2: vault stands below connections and may not import it\n',
    );
  });

  it.each([
    ['a type', "import type { App } from '../app.ts';"],
    ['a type in passing', "export type A = import('../app.ts').App;"],
    ['a dynamic import', "export const load = () => import('../app.ts');"],
    ['a re-export', "export { startApp } from '../app.ts';"],
    ['a re-export of everything', "export * from '../app.ts';"],
    ['a require', "require('../app.ts');"],
    ['a resolved address', "import.meta.resolve('../app.ts');"],
  ])('notices %s', (_form, text) => {
    expect(check({ 'main/core/file.ts': text }).complaints).toContain('core stands below app.ts');
  });

  it('refuses a room that has no place in the order', () => {
    const outcome = check({ 'main/utils/strings.ts': "import '../core/clock.ts';" });
    expect(outcome.complaints).toContain('utils has no place in the order of rooms');
  });

  it('keeps connections and issuer apart in both directions', () => {
    const outcome = check({
      'main/issuer/issuer.ts': "import '../connections/connections.ts';",
      'main/connections/connections.ts': "import '../issuer/issuer.ts';",
    });
    expect(outcome.complaints).toContain('issuer and connections never import each other');
    expect(outcome.complaints).toContain('connections and issuer never import each other');
  });
});

describe('the sides of the house', () => {
  it('keeps electron inside desktop', () => {
    const outcome = check({
      'main/headless/main.ts': "import { app } from 'electron';",
      'main/core/clock.ts': "import type { App } from 'electron/main';",
      'renderer/main.tsx': "import { ipcRenderer } from 'electron';",
    });
    expect(outcome.complaints.match(/only desktop may import electron/g)).toHaveLength(3);
  });

  it('keeps src/shared free of Node and of every other folder', () => {
    const outcome = check({
      'shared/views.ts': "import { join } from 'node:path';\nimport '../main/core/clock.ts';\nimport 'fs';",
    });
    expect(outcome.complaints).toContain('views.ts:1: src/shared runs outside Node and may not import node:path');
    expect(outcome.complaints).toContain('views.ts:2: src/shared imports nothing from elsewhere');
    expect(outcome.complaints).toContain('views.ts:3: src/shared runs outside Node and may not import fs');
  });

  it('keeps main and Node out of the renderer', () => {
    const outcome = check({
      'renderer/main.tsx': "import '../main/core/clock.ts';\nimport 'node:os';",
    });
    expect(outcome.complaints).toContain('main.tsx:1: src/renderer may import only itself and src/shared, not core');
    expect(outcome.complaints).toContain('main.tsx:2: src/renderer runs outside Node and may not import node:os');
  });

  it('keeps the renderer out of main', () => {
    const outcome = check({ 'main/http/listener.ts': "import '../../renderer/page.tsx';" });
    expect(outcome.complaints).toContain('http may import only itself and src/shared, not src/renderer');
  });
});
