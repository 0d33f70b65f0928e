import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHandlers, type Rooms } from '../../src/main/control/handlers.ts';
import { cleanEnvironment } from '../support/app.ts';
import { CLI, type CliRoom, openCliRoom } from '../support/cli-room.ts';
import { type ConnectionsLab, openConnectionsLab } from '../support/connections-lab.ts';
import { type GitServer, startGitServer } from '../support/git-server.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const run = promisify(execFile);

const repository = (owner: string) => ({ owner, name: 'garden', description: '', private: true, language: '' });
const HOUR_MS = 3_600_000;

describe('git, with trackeep git-credential as its helper', () => {
  let server: GitServer;
  let lab: ConnectionsLab;
  let room: CliRoom;
  let home: string;

  beforeEach(async () => {
    server = await startGitServer(temporaryFolder(), ['octocat/garden', 'hubot/garden']);
    lab = await openConnectionsLab({
      // Git itself compares the end of a token with the time of the machine.
      clock: createManualClock(Date.now()),
      url: server.url,
      github: { repositories: [repository('octocat'), repository('hubot')] },
    });
    server.behind = lab.github.url;
    const handlers = createHandlers({ connections: lab.connections, tracking: {}, issuer: {} } as Rooms);
    room = await openCliRoom(handlers);
    home = temporaryFolder();
  });
  afterEach(async () => {
    await room[Symbol.asyncDispose]();
    await lab.close();
    await server.close();
  });

  /** The configuration that the help names, for a command that is not on the PATH. */
  const configure = (useHttpPath: boolean) => {
    const helper = `!'${process.execPath}' '${CLI}' git-credential --data '${room.dataDir}'`;
    const quoted = helper.replaceAll('\\', '\\\\').replaceAll('"', '\\"');
    writeFileSync(
      join(home, '.gitconfig'),
      `[credential "${server.url}"]\n\thelper = ""\n\thelper = "${quoted}"\n\tuseHttpPath = ${useHttpPath}\n`,
    );
  };
  const clone = async (address: string) => {
    const folder = temporaryFolder();
    const env = cleanEnvironment({ HOME: home, GIT_CONFIG_NOSYSTEM: '1', GIT_TERMINAL_PROMPT: '0', GIT_ASKPASS: '' });
    await run('git', ['clone', '--quiet', address, folder], { env });
    return readFileSync(join(folder, 'README'), 'utf8');
  };
  /** Of all requests that brought a token: by it they are let in, or not. */
  const tokens = () => [...new Set(server.passwords.filter((password) => password !== null))];

  const installApp = async () => {
    const app = lab.github.apps.register({ name: 'Gardener', owner: 'octocat' });
    lab.github.apps.install(app, { login: 'octocat' });
    await lab.connections.githubApps.import({ appId: String(app.id), privateKey: app.privateKey });
  };

  it('clones a private repository with a token of the app that is installed for its owner', async () => {
    configure(true);
    await installApp();
    expect(await clone(`${server.url}/octocat/garden.git`)).toBe('The garden of octocat/garden.\n');
    expect(tokens()).toEqual(lab.github.apps.living());
    expect(await lab.connections.audit.list({})).toMatchObject([
      { requester: { kind: 'git' }, account: `${server.host}/octocat` },
    ]);
  });

  it('clones it again after that token has expired', async () => {
    configure(true);
    await installApp();
    await clone(`${server.url}/octocat/garden.git`);
    const [expired] = tokens();
    await lab.clock.advance(HOUR_MS + 1);
    expect(lab.github.apps.living()).not.toContain(expired);
    server.passwords.length = 0;
    expect(await clone(`${server.url}/octocat/garden`)).toBe('The garden of octocat/garden.\n');
    expect(tokens()).toHaveLength(1);
    expect(tokens()).not.toContain(expired);
  });

  it('is refused once with a token that GitHub ended early, and let in the next time', async () => {
    configure(true);
    await installApp();
    await clone(`${server.url}/octocat/garden.git`);
    lab.github.expireTokens();
    await expect(clone(`${server.url}/octocat/garden.git`)).rejects.toThrow(/authentication failed|could not read/i);
    expect(await clone(`${server.url}/octocat/garden.git`)).toBe('The garden of octocat/garden.\n');
  });

  it('takes the account that the address names, and otherwise the owner’s', async () => {
    configure(true);
    await lab.connect('octocat');
    await lab.connect('hubot');
    expect(await clone(`${server.url}/hubot/garden.git`)).toBe('The garden of hubot/garden.\n');
    await expect(clone(`${server.url.replace('//', '//octocat@')}/hubot/garden.git`)).rejects.toThrow();
    expect((await lab.connections.audit.list({})).map(({ account }) => account)).toEqual([
      `${server.host}/octocat`,
      `${server.host}/hubot`,
    ]);
  });

  it('clones with a person’s own token where git tells the host alone', async () => {
    configure(false);
    await lab.connect('octocat');
    expect(await clone(`${server.url}/octocat/garden.git`)).toBe('The garden of octocat/garden.\n');
  });

  it('tells the person why there is no token', async () => {
    configure(true);
    await expect(clone(`${server.url}/octocat/garden.git`)).rejects.toThrow(/could not read Username/);
    await room.stopApp();
    await expect(clone(`${server.url}/octocat/garden.git`)).rejects.toThrow(/Trackeep Tray is not running/);
    expect(tokens()).toEqual([]);
  });
});
