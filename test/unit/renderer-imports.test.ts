import { existsSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { parseSync } from 'vite';
import { beforeAll, describe, expect, it } from 'vitest';

const SOURCES = resolve(import.meta.dirname, '../../src');
const RENDERER = join(SOURCES, 'renderer');

interface Import {
  from: string;
  source: string;
  /** Whether all of it is types, which no bundle contains. */
  typeOnly: boolean;
}

/** Every import that can be reached from the renderer's entry, following values as a bundler does. */
function importsFrom(entry: string): Import[] {
  const found: Import[] = [];
  const seen = new Set<string>();
  const visit = (file: string) => {
    if (seen.has(file)) return;
    seen.add(file);
    const { program, errors } = parseSync(file, readFileSync(file, 'utf8'));
    expect(errors, file).toEqual([]);
    const sources: { source: string; typeOnly: boolean }[] = [];
    const walk = (node: unknown): void => {
      if (Array.isArray(node)) {
        for (const child of node) walk(child);
        return;
      }
      if (typeof node !== 'object' || node === null || !('type' in node)) return;
      if (
        node.type === 'ImportDeclaration' ||
        node.type === 'ExportNamedDeclaration' ||
        node.type === 'ExportAllDeclaration'
      ) {
        const kind = 'importKind' in node ? node.importKind : 'exportKind' in node ? node.exportKind : 'value';
        const source = literal('source' in node ? node.source : null);
        if (source !== null) sources.push({ source, typeOnly: kind === 'type' });
      }
      if (node.type === 'ImportExpression') {
        const source = literal('source' in node ? node.source : null);
        if (source !== null) sources.push({ source, typeOnly: false });
      }
      for (const value of Object.values(node)) walk(value);
    };
    walk(program);
    for (const { source, typeOnly } of sources) {
      found.push({ from: relative(SOURCES, file), source, typeOnly });
      const target = source.startsWith('.') ? resolve(dirname(file), source) : null;
      if (target && !typeOnly && /\.tsx?$/.test(target) && existsSync(target)) visit(target);
    }
  };
  visit(entry);
  return found;
}

function literal(node: unknown): string | null {
  return typeof node === 'object' && node !== null && 'value' in node && typeof node.value === 'string'
    ? node.value
    : null;
}

describe('what the renderer is made of', () => {
  let imports: Import[];
  beforeAll(() => {
    imports = importsFrom(join(RENDERER, 'main.tsx'));
  });
  const values = () => imports.filter(({ typeOnly }) => !typeOnly);
  const told = (list: Import[]) => list.map(({ from, source }) => `${from} imports ${source}`);

  it('is all of it: pages, client and contract are reached from the entry', () => {
    const files = new Set(imports.map(({ from }) => from.split(sep).slice(0, 2).join('/')));
    expect([...files]).toEqual(expect.arrayContaining(['renderer/pages', 'renderer/client', 'renderer/components']));
    expect(imports.some(({ source, typeOnly }) => source.endsWith('shared/contract.ts') && typeOnly)).toBe(true);
  });

  it('contains no module of Node', () => {
    const node = values().filter(({ source }) => source.startsWith('node:') || builtinModules.includes(source));
    expect(told(node)).toEqual([]);
  });

  it('contains nothing of the main process, not even its types, and no Electron', () => {
    const main = imports.filter(({ from, source }) => {
      const target = source.startsWith('.') ? relative(SOURCES, resolve(SOURCES, dirname(from), source)) : source;
      return target.startsWith('main') || target === 'electron' || target.startsWith('electron/');
    });
    expect(told(main)).toEqual([]);
  });

  it('takes only types from the contract, so that zod and the schemas stay out of the page', () => {
    // Tables and rules as plain code, which every side shares.
    const names = ['calendar-day', 'claims', 'durations', 'origins', 'platforms', 'requesters', 'resources', 'scopes'];
    const plain = names.map((name) => `/shared/${name}.ts`);
    const shared = values().filter(
      ({ source }) => source === 'zod' || (source.includes('/shared/') && !plain.some((end) => source.endsWith(end))),
    );
    expect(told(shared)).toEqual([]);
  });
});
