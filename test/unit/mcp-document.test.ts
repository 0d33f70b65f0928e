import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { TOOL_SCOPES } from '../../src/main/mcp/tool-scopes.ts';

it('docs/mcp-server.md names every tool with its scope, in the order in which they are listed', () => {
  const text = readFileSync(join(import.meta.dirname, '../../docs/mcp-server.md'), 'utf8');
  const told = [...text.matchAll(/^\| `(\w+)` \| `([\w:]+)` \|/gm)].map(([, tool, scope]) => [tool, scope]);
  expect(told).toEqual(Object.entries(TOOL_SCOPES));
});
