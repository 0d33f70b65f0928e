import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const DOCUMENT = 'docs/conformance.md';

interface Row {
  section: string;
  requirement: string;
  met: string;
  proof: string;
  /** The tests that it names, with the groups they stand in as far as those say something. */
  tests: { groups: string[]; title: string; file: string }[];
}

/** The rows of all tables, by the heading that they stand under. */
function readTables(): Map<string, Row[]> {
  const tables = new Map<string, Row[]>();
  let heading = '';
  for (const line of readFileSync(join(ROOT, DOCUMENT), 'utf8').split('\n')) {
    if (line.startsWith('## ')) heading = line.slice(3);
    const cells = line.startsWith('| ') ? line.slice(2, -2).split(' | ') : [];
    const [section = '', requirement = '', met = '', proof = '', ...more] = cells;
    if (cells.length === 0 || section === '§') continue;
    if (more.length > 0) throw new Error(`A row of ${heading} has too many cells: ${line}`);
    const tests = [...proof.matchAll(/\[([^\]]+)\]\(\.\.\/(test\/[^)]+)\)/g)].map(([, name = '', file = '']) => {
      const groups = name.split(' › ');
      return { title: groups.pop() ?? '', groups, file };
    });
    tables.set(heading, [...(tables.get(heading) ?? []), { section, requirement, met, proof, tests }]);
  }
  return tables;
}

/** The titles of the tests in a file and of their groups, as they stand in the source. */
function titlesIn(file: string): { groups: Set<string>; tests: Set<string> } {
  const source = existsSync(join(ROOT, file)) ? readFileSync(join(ROOT, file), 'utf8') : '';
  const groups = new Set<string>();
  const tests = new Set<string>();
  const calls = /\b(it|describe)(?:\.(?:each|runIf|skipIf)\([\s\S]*?\)|\.\w+)*\(\s*(['"`])((?:\\.|(?!\2)[^\\])*)\2/g;
  for (const [, what, , title = ''] of source.matchAll(calls)) {
    (what === 'it' ? tests : groups).add(title.replaceAll(/\\(.)/g, '$1'));
  }
  return { groups, tests };
}

const tables = readTables();
const rows = [...tables].flatMap(([heading, ofTable]) => ofTable.map((row) => ({ heading, ...row })));

describe(DOCUMENT, () => {
  it('has a table for each specification', () => {
    const specifications = ['2025-11-25', '2026-07-28', '7591', '7009', '7662', '8252', '8628', '8707', '9068'];
    for (const name of [...specifications, '9207', '9728']) {
      expect([...tables.keys()].filter((heading) => heading.includes(name))).toHaveLength(1);
    }
  });

  it('says of each requirement how strong it is, and whether it is met', () => {
    const unclear = rows.filter(
      ({ requirement, met }) =>
        !/\b(MUST|SHOULD|SHALL|REQUIRED|RECOMMENDED)\b|^\*Plain:\*/.test(requirement) ||
        !['yes', 'partly', 'no', '–'].includes(met),
    );
    expect(unclear).toEqual([]);
  });

  it('names a test for all that is met, and a reason for all that is not', () => {
    const words = (proof: string) => proof.replaceAll(/\[[^\]]+\]\([^)]+\)/g, '').replaceAll(/[^a-z]/gi, '');
    expect(rows.filter(({ met, tests }) => met === 'yes' && tests.length === 0)).toEqual([]);
    expect(rows.filter(({ met, proof }) => met !== 'yes' && words(proof).length < 10)).toEqual([]);
  });

  it('names only tests that there are', () => {
    const named = rows.flatMap(({ heading, section, tests }) => tests.map((test) => ({ heading, section, ...test })));
    const files = new Map([...new Set(named.map(({ file }) => file))].map((file) => [file, titlesIn(file)]));
    const isThere = ({ file, title, groups }: (typeof named)[number]) => {
      const known = files.get(file);
      return known?.tests.has(title) && groups.every((group) => known.groups.has(group));
    };
    expect(named.length).toBeGreaterThan(50);
    expect(named.filter((test) => !isThere(test))).toEqual([]);
  });
});
