import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { handOn } from './hand-on.ts';

/**
 * The git side of GitHub before an emulated one: git's own server (git-http-backend(1)) for private repositories, open to
 * whoever brings a token as the password that the REST API lets read the repository. All other requests go on to the
 * emulated GitHub, so that both are one host.
 */
export interface GitServer {
  /** Such as http://127.0.0.1:40123. */
  readonly url: string;
  /** The host as git tells it. */
  readonly host: string;
  /** The passwords of all of git's requests so far, in order; null: one without. */
  readonly passwords: (string | null)[];
  /** The emulated GitHub behind, once it is there. */
  behind: string;
  close(): Promise<void>;
}

const GIT_PATH = /^\/([^/]+\/[^/]+?)(?:\.git)?(\/(?:info\/refs|git-upload-pack))$/;

/**
 * @param folder empty; what is served lies in it
 * @param repositories owner/name; each gets one commit with a file README
 */
export async function startGitServer(folder: string, repositories: readonly string[]): Promise<GitServer> {
  for (const name of repositories) makeRepository(folder, name);
  const passwords: GitServer['passwords'] = [];

  const mayRead = async (repository: string, token: string) => {
    const answer = await fetch(`${gitServer.behind}/repos/${repository}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    await answer.arrayBuffer();
    return answer.ok;
  };

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const { pathname, search } = new URL(request.url ?? '/', gitServer.url);
    const [, repository, rest] = GIT_PATH.exec(pathname) ?? [];
    if (repository === undefined) return handOn(request, response, { behind: gitServer.behind, as: gitServer.url });
    const [, credentials] = /^basic (\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
    const password = credentials === undefined ? null : passwordIn(credentials);
    passwords.push(password);
    if (password === null || !(await mayRead(repository, password))) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="GitHub"' }).end();
      return;
    }
    const { headers, body } = await runBackend(folder, request, {
      path: `/${repository}${rest}`,
      search,
    });
    const { status = '200', ...others } = headers;
    response.writeHead(Number.parseInt(status, 10), others).end(body);
  };

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const gitServer: GitServer = {
    ...{ url: `http://${host}`, host, passwords, behind: '' },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return gitServer;
}

function makeRepository(folder: string, name: string): void {
  const bare = join(folder, name);
  mkdirSync(bare, { recursive: true });
  const git = (input: string, ...args: string[]) =>
    execFileSync('git', ['-C', bare, '-c', 'user.name=Mona', '-c', 'user.email=mona@example.test', ...args], {
      input,
      encoding: 'utf8',
    }).trim();
  git('', 'init', '--quiet', '--bare', '--initial-branch=main');
  const blob = git(`The garden of ${name}.\n`, 'hash-object', '-w', '--stdin');
  const tree = git(`100644 blob ${blob}\tREADME\n`, 'mktree');
  git('', 'update-ref', 'refs/heads/main', git('', 'commit-tree', tree, '-m', 'Plant'));
}

function passwordIn(credentials: string): string {
  const text = Buffer.from(credentials, 'base64').toString('utf8');
  return text.slice(text.indexOf(':') + 1);
}

/** Runs git's CGI program for one request (RFC 3875). */
async function runBackend(
  folder: string,
  request: IncomingMessage,
  { path, search }: { path: string; search: string },
): Promise<{ headers: Record<string, string>; body: Buffer }> {
  const child = spawn('git', ['http-backend'], {
    env: {
      ...process.env,
      GIT_PROJECT_ROOT: folder,
      GIT_HTTP_EXPORT_ALL: '1',
      // Whoever runs the tests need not own the folder that they run in.
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'safe.directory',
      GIT_CONFIG_VALUE_0: '*',
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      PATH_INFO: path,
      QUERY_STRING: search.slice(1),
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: String(request.headers['content-encoding'] ?? ''),
      REMOTE_ADDR: '127.0.0.1',
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.on('error', () => undefined);
  request.pipe(child.stdin);
  const output = await buffer(child.stdout);
  const end = output.indexOf('\r\n\r\n');
  const lines = output.subarray(0, end).toString('latin1').split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  return { headers, body: output.subarray(end + 4) };
}
