import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { type ESTree, parseSync, Visitor } from 'vite';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';

const OUT = resolve(import.meta.dirname, '../../out');

/**
 * Every module that `file` names: statically, dynamically, or by `require`, which a minifier may have given any name;
 * so each call with the name of a package as its first argument counts.
 */
function importsOf(file: string): string[] {
  const found: string[] = [];
  const add = (node: ESTree.Node | null | undefined) => {
    const text = node && plainText(node);
    if (text) found.push(text);
  };
  const addPackage = (node: ESTree.Node | undefined) => {
    if (node && !plainText(node)?.startsWith('.')) add(node);
  };
  new Visitor({
    ImportDeclaration: (node) => add(node.source),
    ExportNamedDeclaration: (node) => add(node.source),
    ExportAllDeclaration: (node) => add(node.source),
    ImportExpression: (node) => add(node.source),
    CallExpression: (node) => addPackage(node.arguments[0]),
  }).visit(parseSync(file, readFileSync(file, 'utf8')).program);
  return found;
}

/** A string, also one that a minifier wrote as a template without holes. */
function plainText(node: ESTree.Node): string | null {
  if (node.type === 'Literal') return typeof node.value === 'string' ? node.value : null;
  if (node.type !== 'TemplateLiteral' || node.expressions.length > 0) return null;
  return node.quasis[0]?.value.cooked ?? null;
}

/** All files of the build that can be reached from `entry`, each with the packages it names. */
function reach(entry: string): Map<string, string[]> {
  const reached = new Map<string, string[]>();
  const open = [join(OUT, entry)];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (reached.has(file)) continue;
    const names = importsOf(file);
    reached.set(
      file,
      names.filter((name) => !name.startsWith('.')),
    );
    const here = dirname(file);
    open.push(
      ...names
        .filter((name) => /^\.\.?\//.test(name))
        .map((name) => join(here, name))
        .filter(existsSync),
    );
  }
  return reached;
}

describe('the built bundles', () => {
  it.each(['main/headless.js', 'cli/trackeep.mjs'])('%s never reaches electron', (entry) => {
    const reached = reach(entry);
    const offenders = [...reached].filter(([, names]) => names.some((name) => /^electron(\/|$)/.test(name)));
    expect(offenders.map(([file]) => relative(OUT, file))).toEqual([]);
  });

  it('main/desktop.js does, so that the search above is known to find it', () => {
    expect([...reach('main/desktop.js').values()].flat()).toContain('electron');
  });

  it('the command reaches the headless app, and nothing else outside its two files', () => {
    const reached = [...reach('cli/trackeep.mjs').keys()].map((file) => relative(OUT, file));
    expect(reached).toContain('main/headless.js');
    const near = (file: string) => importsOf(join(OUT, file)).filter((name) => name.startsWith('.'));
    expect(near('cli/trackeep.mjs')).toEqual(['./commands.mjs']);
    expect(near('cli/commands.mjs').sort()).toEqual(['../main/headless.js', './trackeep.mjs']);
  });

  it('what scripts and git wait for needs the first of them alone', async () => {
    const alone = join(temporaryFolder(), 'trackeep.mjs');
    await copyFile(join(OUT, 'cli/trackeep.mjs'), alone);
    const nowhere = temporaryFolder();
    const complaint = (...words: string[]) =>
      spawnSync(process.execPath, [alone, ...words, '--data', nowhere], { input: '', encoding: 'utf8' }).stderr;
    expect(complaint('token', 'github')).toContain('Trackeep Tray is not running');
    expect(complaint('git-credential', 'get')).toBe('');
    expect(complaint('status')).toContain('ERR_MODULE_NOT_FOUND');
  });
});
