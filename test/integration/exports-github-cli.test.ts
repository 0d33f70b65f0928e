import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { cleanEnvironment } from '../support/app.ts';
import { type ConnectionsLab, openConnectionsLab, until } from '../support/connections-lab.ts';
import { handOn } from '../support/hand-on.ts';
import { TEST_REQUESTER } from '../support/requester.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const run = promisify(execFile);

/** The one host with which gh speaks plain http, at api.github.localhost. */
const HOST = 'github.localhost';

describe('a token in the GitHub CLI', () => {
  let lab: ConnectionsLab;
  let front: Server;
  let id: string;

  beforeEach(async () => {
    front = createServer((request, response) => void answer(request, response));
    front.listen(0, '127.0.0.1');
    await once(front, 'listening');
    const proxy = `http://127.0.0.1:${(front.address() as AddressInfo).port}`;
    lab = await openConnectionsLab({ url: `http://${HOST}`, background: true });
    lab.reroute(proxy);
    vi.stubEnv('GH_CONFIG_DIR', temporaryFolder());
    vi.stubEnv('HTTP_PROXY', proxy);
    id = (await lab.connect()).id;
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await lab.close();
    front.closeAllConnections();
    front.close();
  });

  /** The emulated GitHub under gh's address for it, and its proxy. It knows no GraphQL: gh asks there who it is. */
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', 'http://front');
    if (pathname === '/') return void response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    if (pathname !== '/graphql') return handOn(request, response, { behind: lab.github.url, as: `http://${HOST}` });
    const headers = { authorization: request.headers.authorization ?? '' };
    const user = (await (await fetch(`${lab.github.url}/user`, { headers })).json()) as { login?: string };
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ data: { viewer: { login: user.login ?? '' } } }));
  }

  const add = () => lab.connections.exports.add({ connectionId: id, to: 'gh', path: null });
  const gh = async (...args: string[]) => {
    const env = cleanEnvironment({ GH_CONFIG_DIR: process.env.GH_CONFIG_DIR ?? '', GH_HOST: HOST });
    return (await run('gh', args, { env })).stdout;
  };
  const kept = async () => (await gh('auth', 'token', '--hostname', HOST).catch(() => 'none')).trim();
  const token = async () => (await lab.connections.token('github', undefined, TEST_REQUESTER)).token;

  it('lets gh in', async () => {
    expect(await add()).toMatchObject({ to: 'gh', path: null, problem: null });
    expect(JSON.parse(await gh('api', 'user'))).toMatchObject({ login: 'octocat' });
    expect(await kept()).toBe(await token());
  });

  it('is another after a renewal, and lets gh in again', async () => {
    await add();
    const before = await kept();
    await lab.pass(1_000);
    await lab.connections.refresh(id);
    await until(async () => (await kept()) !== before);
    expect(await kept()).toBe(await token());
    expect(JSON.parse(await gh('api', 'user'))).toMatchObject({ login: 'octocat' });
  });

  it.each([
    ['with the account', () => lab.connections.disconnect(id)],
    ['when the person says so', () => lab.connections.exports.remove({ connectionId: id, to: 'gh' })],
  ])('goes %s', async (_, go) => {
    await add();
    await go();
    expect(await kept()).toBe('none');
    expect(await lab.connections.exports.list()).toEqual([]);
  });

  it('may be gone already when it is taken away', async () => {
    await add();
    await gh('auth', 'logout', '--hostname', HOST);
    await lab.connections.exports.remove({ connectionId: id, to: 'gh' });
    expect(await lab.connections.exports.list()).toEqual([]);
  });

  it('is kept although the environment has another for gh', async () => {
    vi.stubEnv('GH_TOKEN', 'gho_of_somebody_else');
    vi.stubEnv('GITHUB_TOKEN', 'gho_of_somebody_else');
    await add();
    expect(await kept()).toBe(await token());
  });

  it('has no file of its own', async () => {
    const input = { connectionId: id, to: 'gh' as const, path: '/tmp/github.env' };
    await expect(lab.connections.exports.add(input)).rejects.toMatchObject({ code: 'bad_input' });
  });

  describe.skipIf(process.platform === 'win32')('where gh is not what we know', () => {
    let folder: string;

    /** A gh of our own on the PATH, that does what `script` says, in the folder. */
    const standIn = (script: string) => {
      folder = temporaryFolder();
      const path = join(folder, 'gh');
      writeFileSync(path, `#!/bin/sh\ncd '${folder}'\n${script}\n`);
      chmodSync(path, 0o755);
      vi.stubEnv('PATH', `${folder}${delimiter}${process.env.PATH}`);
    };

    it('never stands in the arguments, but on standard input', async () => {
      standIn('echo "$@" >> arguments; env >> environment; cat >> input');
      await add();
      const written = (name: string) => readFileSync(join(folder, name), 'utf8');
      expect(written('arguments')).toBe(`auth login --hostname ${HOST} --with-token\n`);
      expect(written('input')).toBe(`${await token()}\n`);
      expect(written('environment')).not.toContain(await token());
      await lab.connections.exports.remove({ connectionId: id, to: 'gh' });
      expect(written('arguments')).toBe(
        `auth login --hostname ${HOST} --with-token\nauth logout --hostname ${HOST} --user octocat\n`,
      );
    });

    it('says what gh says, without the token', async () => {
      standIn('read token; echo "no scope in $token" >&2; exit 1');
      await expect(add()).rejects.toMatchObject({
        code: 'provider_error',
        message: 'The GitHub CLI refused: no scope in …',
      });
      expect(await lab.connections.exports.list()).toEqual([]);
      for (const secret of lab.github.secrets()) expect(lab.log.join('\n')).not.toContain(secret);
    });

    it('says that a token could not be taken away, and remembers it', async () => {
      standIn('[ "$2" != logout ]');
      await add();
      const removed = lab.connections.exports.remove({ connectionId: id, to: 'gh' });
      await expect(removed).rejects.toMatchObject({ code: 'provider_error' });
      expect(await lab.connections.exports.list()).toHaveLength(1);
      await lab.connections.disconnect(id);
      expect(lab.log.join('\n')).toContain('an exported token could not be taken away');
    });

    it('says that there is no gh, and asks for no token in vain', async () => {
      vi.stubEnv('PATH', temporaryFolder());
      await expect(add()).rejects.toMatchObject({ code: 'bad_input', message: expect.stringContaining('(gh)') });
      expect(await lab.connections.exports.list()).toEqual([]);
    });
  });
});
