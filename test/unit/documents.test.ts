import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { COMMANDS } from '../../src/main/cli/commands/index.ts';
import { documentedSettings } from '../../src/main/core/config.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const DOCUMENTS = [
  ...readdirSync(ROOT).filter((name) => name.endsWith('.md')),
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

const read = (document: string) => readFileSync(join(ROOT, document), 'utf8');

/** The configuration table as the README must hold it. */
function configurationTable(): string {
  const rows = documentedSettings().map(({ name, meaning, default: usual, flag, secret }) => {
    const names = flag === null ? `\`${name}\`` : `\`${name}\`, \`${flag}\``;
    return `| ${names} | ${meaning}${secret ? ' Secret.' : ''} | ${usual ?? ''} |`;
  });
  return ['| Variable, flag | Meaning | Default |', '|---|---|---|', ...rows].join('\n');
}

describe('the README', () => {
  it('documents every setting as the configuration schema does', () => {
    const [, table] =
      /<!-- configuration: begin -->\n([\s\S]*?)\n?<!-- configuration: end -->/.exec(read('README.md')) ?? [];
    expect(table).toBe(configurationTable());
  });

  it('shows only commands that exist', () => {
    const known = COMMANDS.map(({ name }) => name);
    const shown = [...read('README.md').matchAll(/(?:^|[`(])trackeep ([a-z]+)/gm)].map(([, name]) => name);
    expect(shown.length).toBeGreaterThan(10);
    expect(shown.filter((name) => !known.includes(name ?? ''))).toEqual([]);
  });
});

describe.each(DOCUMENTS)('%s', (document) => {
  it('links only to files that are there', () => {
    const links = [...read(document).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, link]) => link ?? '');
    expect(links.filter((link) => !existsSync(join(ROOT, dirname(document), link)))).toEqual([]);
  });

  it('names only npm scripts and source files that are there', () => {
    const text = read(document);
    const scripts = [...text.matchAll(/npm run ([a-z]+)/g)].map(([, name]) => name ?? '');
    expect(scripts.filter((name) => !Object.hasOwn(packageJson.scripts, name))).toEqual([]);
    const paths = [...text.matchAll(/`((?:src|test|scripts|docs)\/[\w./-]+)`/g)].map(([, path]) => path ?? '');
    expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });
});
