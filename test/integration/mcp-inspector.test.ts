import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cleanEnvironment } from '../support/app.ts';
import { signIn } from '../support/oauth-client.ts';
import { startWholeApp, type WholeApp } from '../support/whole-app.ts';

const run = promisify(execFile);
const manifest = createRequire(import.meta.url).resolve('@modelcontextprotocol/inspector/package.json');
const INSPECTOR = resolve(dirname(manifest), 'clients/launcher/build/index.js');

describe("the MCP Inspector's command line", () => {
  let whole: WholeApp;
  let token: string;

  beforeAll(async () => {
    whole = await startWholeApp();
    const { tokens } = await signIn(whole.address, whole.approvals, { scope: 'openid updates:read' });
    token = tokens.access_token;
  });
  afterAll(() => whole.stop());

  const inspect = async (...args: string[]) => {
    const target = [`${whole.address}/mcp`, '--transport', 'http', '--header', `Authorization: Bearer ${token}`];
    const { stdout } = await run(process.execPath, [INSPECTOR, '--cli', ...target, ...args], {
      env: cleanEnvironment({ HOME: whole.dataDir }),
    });
    return JSON.parse(stdout);
  };

  it('lists the tools', async () => {
    const { tools } = await inspect('--method', 'tools/list');
    expect(tools.map(({ name }: { name: string }) => name)).toContain('check_updates');
  });

  it('calls one', async () => {
    const { structuredContent } = await inspect('--method', 'tools/call', '--tool-name', 'whoami');
    expect(structuredContent).toMatchObject({ scopes: ['openid', 'updates:read'] });
  });
});
