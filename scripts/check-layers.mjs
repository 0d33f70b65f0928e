/**
 * The house has an order: a room imports only from the rooms below it. This check reads every import of `src/` with a
 * parser and names each one that breaks a rule. Written by hand, not with dependency-cruiser, because that one needs a
 * TypeScript compiler API that TypeScript 7 no longer has; the parser here is the one that Vite brings.
 *
 *     node scripts/check-layers.mjs [ROOT]
 */
import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { parseSync, Visitor } from 'vite';
import { exitWith, isStarted } from './steps.mjs';
import { ROOT } from './toolchain.mjs';

/** The rooms of src/main, from the ground up. A file that lies in src/main itself is a room of its own. */
const ROOMS = [
  'core',
  'storage',
  'vault',
  'connections',
  'releases',
  'tracking',
  'issuer',
  'mcp',
  'http',
  'control',
  'app.ts',
  'demo',
  'desktop',
  'headless',
  'cli',
];

/** What needs both stands above them. */
const STRANGERS = [['connections', 'issuer']];

const BUILTIN = new Set(builtinModules);

/**
 * Every broken rule below `root`.
 * @param {string} root the folder that holds `src/`
 * @returns {{ file: string, line: number, problem: string }[]}
 */
export function checkLayers(root) {
  const source = join(root, 'src');
  const violations = [];
  for (const file of sourceFiles(source)) {
    for (const { specifier, line } of importsOf(file)) {
      const problem = judge(source, file, specifier);
      if (problem !== null) violations.push({ file: slashes(relative(root, file)), line, problem });
    }
  }
  return violations;
}

/** @returns {string | null} what is wrong with `file` importing `specifier` */
function judge(source, file, specifier) {
  const from = placeOf(source, file);
  if (from.side === 'unknown' || from.rank === -1) {
    return `${from.name} has no place in the order of rooms: add it to scripts/check-layers.mjs`;
  }
  return specifier.startsWith('.')
    ? judgeOwnFile(from, placeOf(source, resolve(dirname(file), specifier)), specifier)
    : judgePackage(from, specifier);
}

function judgeOwnFile(from, to, specifier) {
  if (to.side === 'shared') return null;
  // The app's version, read at build time.
  if (from.side === 'main' && to.name === 'package.json') return null;
  if (from.side === 'shared') return `src/shared imports nothing from elsewhere, but imports ${specifier}`;
  if (from.side !== to.side) return `${from.name} may import only itself and src/shared, not ${to.name}`;
  if (from.side === 'renderer') return null;
  if (STRANGERS.some((pair) => pair.includes(from.name) && pair.includes(to.name) && from.name !== to.name)) {
    return `${from.name} and ${to.name} never import each other`;
  }
  if (to.rank > from.rank) return `${from.name} stands below ${to.name} and may not import it`;
  return null;
}

function judgePackage(from, specifier) {
  const name = specifier.replace(/^node:/, '').split('/')[0] ?? '';
  const isNode = specifier.startsWith('node:') || BUILTIN.has(name);
  if (from.side !== 'main' && isNode) return `${from.name} runs outside Node and may not import ${specifier}`;
  if (name === 'electron' && !(from.side === 'main' && from.name === 'desktop')) {
    return `only desktop may import electron, not ${from.name}`;
  }
  return null;
}

/** Where a file stands: its side of the house, its room, and for main the room's place in the order. */
function placeOf(source, file) {
  const [side = '', room = ''] = slashes(relative(source, file)).split('/');
  if (side === 'main') return { side, name: room, rank: ROOMS.indexOf(room) };
  if (side === 'shared' || side === 'renderer') return { side, name: `src/${side}`, rank: 0 };
  return { side: 'unknown', name: slashes(relative(dirname(source), file)), rank: -1 };
}

/** Every module a file names: imports static, dynamic and of types only, re-exports, `require` and `import.meta.resolve`. */
function importsOf(file) {
  const text = readFileSync(file, 'utf8');
  const parsed = parseSync(file, text);
  const fatal = parsed.errors[0];
  if (fatal !== undefined) throw new Error(`${file}: ${fatal.message}`);
  const found = [];
  const add = (node) => {
    if (node?.type === 'Literal' && typeof node.value === 'string') {
      found.push({ specifier: node.value, line: text.slice(0, node.start).split('\n').length });
    }
  };
  new Visitor({
    ImportDeclaration: (node) => add(node.source),
    ExportNamedDeclaration: (node) => add(node.source),
    ExportAllDeclaration: (node) => add(node.source),
    ImportExpression: (node) => add(node.source),
    TSImportType: (node) => add(node.source),
    TSExternalModuleReference: (node) => add(node.expression),
    CallExpression(node) {
      const { callee } = node;
      const isRequire = callee.type === 'Identifier' && callee.name === 'require';

      if (isRequire || text.slice(callee.start, callee.end) === 'import.meta.resolve') {
        add(node.arguments[0]);
      }
    },
  }).visit(parsed.program);
  return found;
}

function sourceFiles(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.[cm]?[jt]sx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function slashes(path) {
  return path.split(sep).join('/');
}

async function main() {
  const violations = checkLayers(resolve(process.argv[2] ?? ROOT));
  for (const { file, line, problem } of violations) console.error(`${file}:${line}: ${problem}`);
  console.log(violations.length === 0 ? 'layers: in order' : `layers: ${violations.length} broken`);
  return violations.length === 0 ? 0 : 1;
}

if (isStarted(import.meta.url)) await exitWith(main);
