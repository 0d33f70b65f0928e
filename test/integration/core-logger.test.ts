import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { AppError } from '../../src/main/core/errors.ts';
import { readableLine } from '../../src/main/core/log-console.ts';
import { createLogger, type LoggerOptions } from '../../src/main/core/logger.ts';
import { createRedactor } from '../../src/main/core/redact.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const run = promisify(execFile);
const posix = process.platform !== 'win32';

function setUp(options: Partial<LoggerOptions> = {}) {
  const dataDir = options.dataDir ?? temporaryFolder();
  const redactor = createRedactor();
  const logger = createLogger({ dataDir, level: 'debug', console: false, redact: redactor, ...options });
  onTestFinished(() => logger.close());
  const path = join(dataDir, 'logs/trackeep.log');
  const written = () => readFileSync(path, 'utf8');
  const lines = () =>
    written()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
  return { dataDir, redactor, logger, path, written, lines };
}

describe('a log line', () => {
  it('is JSON with time, level, room, message and fields', () => {
    const { logger, lines } = setUp();

    logger.child('releases').warn('check failed', { attempt: 2 });

    expect(lines()).toEqual([
      {
        level: 'warn',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        room: 'releases',
        attempt: 2,
        msg: 'check failed',
      },
    ]);
  });

  it('is left out below the level', () => {
    const { logger, lines } = setUp({ level: 'warn' });
    logger.info('not this');
    logger.error('but this');
    expect(lines().map(({ msg }) => msg)).toEqual(['but this']);
  });

  it('tells of an error its code, message, place and causes', () => {
    const { logger, lines } = setUp();
    const cause = Object.assign(new Error('getaddrinfo ENOTFOUND github.com'), { code: 'ENOTFOUND' });

    logger.error('check failed', { error: new AppError('offline', 'github.com cannot be reached.', { cause }) });

    const { error } = lines()[0];
    expect(error).toMatchObject({
      name: 'AppError',
      code: 'offline',
      message: 'github.com cannot be reached.',
      cause: { code: 'ENOTFOUND', message: 'getaddrinfo ENOTFOUND github.com' },
    });
    expect(error.stack).toContain('core-logger.test.ts');
  });

  it('is readable for this user only', () => {
    const { logger, path, dataDir } = setUp();
    logger.info('hello');
    if (posix) expect(statSync(path).mode & 0o777).toBe(0o600);
    if (posix) expect(statSync(join(dataDir, 'logs')).mode & 0o777).toBe(0o700);
  });
});

describe('a secret never reaches the log', () => {
  const token = 'gho_16C7e42F292c6912E7710c838347Ae178B4a';

  it.each([
    ['in the message', (): [string] => [`used ${token}`]],
    ['in a field', (): [string, object] => ['x', { header: `token ${token}` }]],
    ['deep in a field', (): [string, object] => ['x', { a: [{ b: { c: token } }] }]],
    ['as the name of a field', (): [string, object] => ['x', { [token]: 1 }]],
    ['in an error', (): [string, object] => ['x', { error: new Error(`bad ${token}`) }]],
    ['in a cause', (): [string, object] => ['x', { error: new Error('a', { cause: new Error(token) }) }]],
    ['in a cause that is no error', (): [string, object] => ['x', { error: new Error('a', { cause: { token } }) }]],
    ['in one of many errors', (): [string, object] => ['x', { error: new AggregateError([new Error(token)]) }]],
    ['in an address', (): [string, object] => ['x', { url: new URL(`https://x.test/?access_token=${token}`) }]],
    ['in a map', (): [string, object] => ['x', { headers: new Map([['authorization', token]]) }]],
    [
      'in an error that holds its request',
      () => {
        return ['x', { error: Object.assign(new Error('a'), { request: { headers: { authorization: token } } }) }];
      },
    ],
  ] as [string, () => [string, Record<string, unknown>?]][])('%s', (_name, line) => {
    const { logger, written } = setUp();
    logger.info(...line());
    expect(written()).not.toContain('16C7e42F');
  });

  it('that only the vault knew for one', () => {
    const { logger, redactor, written } = setUp();
    redactor.learn('an ordinary-looking "value"');
    logger.info('x', { body: 'before an ordinary-looking "value" after' });
    expect(written()).toContain('before [redacted] after');
  });

  it('that only the name of its field gives away', () => {
    const { logger, lines } = setUp();
    logger.info('x', { clientSecret: 'plain', nested: { refresh_token: 'words' }, hasToken: true, token: null });
    expect(lines()[0]).toMatchObject({
      clientSecret: '[redacted]',
      nested: { refresh_token: '[redacted]' },
      hasToken: true,
      token: null,
    });
  });
});

describe('a log of bounded size', () => {
  it('keeps the file and two older ones, each within the bound', () => {
    const { logger, dataDir } = setUp({ mostBytes: 2_000 });

    for (let number = 0; number < 100; number++) logger.info('a line of some length', { number });

    const folder = join(dataDir, 'logs');
    expect(readdirSync(folder).sort()).toEqual(['trackeep.log', 'trackeep.log.1', 'trackeep.log.2']);
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).size).toBeLessThanOrEqual(2_000);
    const kept = ['.2', '.1', ''].flatMap((end) => {
      const text = readFileSync(join(folder, `trackeep.log${end}`), 'utf8').trimEnd();
      return text.split('\n').map((line) => JSON.parse(line).number);
    });
    const first = kept[0];
    expect(kept).toEqual(Array.from({ length: 100 - first }, (_, index) => first + index));
  });

  it('goes on with the file of the last run', () => {
    const dataDir = temporaryFolder();
    setUp({ dataDir }).logger.info('first run');
    const { logger, lines } = setUp({ dataDir });
    logger.info('second run');
    expect(lines().map(({ msg }) => msg)).toEqual(['first run', 'second run']);
  });

  it('cuts what is too long for a log', () => {
    const { logger, written } = setUp();
    logger.info('x', { body: '<p>'.repeat(100_000), many: Array.from({ length: 10_000 }, () => 'y') });
    expect(written().length).toBeLessThan(12_000);
  });

  it('survives fields that lead back to themselves', () => {
    const { logger, lines } = setUp();
    const loop: Record<string, unknown> = { name: 'loop' };
    loop.self = loop;
    logger.info('round', { loop, big: 1n, fn: () => 1, bytes: Buffer.from('secret') });
    expect(lines()[0]).toMatchObject({ msg: 'round', loop: { name: 'loop' }, big: '1', bytes: '[6 bytes]' });
  });
});

describe('a log that cannot be written', () => {
  it('does not end the app, and is said once on standard error', async () => {
    const dataDir = temporaryFolder();
    writeFileSync(join(dataDir, 'logs'), 'a file where the folder should be');

    const { stdout, stderr } = await logLines(dataDir, 3);

    expect(stdout).toBe('still here\n');
    expect(stderr.match(/cannot be written/g)).toHaveLength(1);
    expect(stderr).toContain(join(dataDir, 'logs/trackeep.log'));
  });

  it.runIf(process.platform === 'linux')('such as on a full disk', async () => {
    const dataDir = temporaryFolder();
    mkdirSync(join(dataDir, 'logs'));
    // Every write to this device fails with ENOSPC.
    symlinkSync('/dev/full', join(dataDir, 'logs/trackeep.log'));

    const { stdout, stderr } = await logLines(dataDir, 3);

    expect(stdout).toBe('still here\n');
    expect(stderr.match(/ENOSPC/g)).toHaveLength(1);
  });
});

describe('the console', () => {
  it('shows short lines, without stacks', async () => {
    const { stderr } = await logLines(temporaryFolder(), 1, true);
    expect(stderr).toMatch(/^\d\d:\d\d:\d\d warn {2}test: line 0 error=offline: gone\n$/);
  });

  it('may go away without ending the app', async () => {
    const child = spawn(process.execPath, [CHILD, temporaryFolder(), '5000', 'console']);
    child.stderr.once('data', () => child.stderr.destroy());

    const [stdout, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);

    expect({ stdout, code }).toEqual({ stdout: 'still here\n', code: 0 });
  });

  it('shows the words of others on one line, without what would steer the terminal', () => {
    const line = JSON.stringify({ time: '2026-11-21T09:00:00.000Z', level: 'info', msg: 'x\n09:00:00 error\u001b[2J' });
    expect(readableLine(line)).toBe('09:00:00 info  x 09:00:00 error [2J\n');
  });
});

const CHILD = resolve(import.meta.dirname, '../support/logging-child.ts');

/** Logs from a process of its own, whose standard error nobody else uses. */
function logLines(dataDir: string, count: number, console = false) {
  return run(process.execPath, [CHILD, dataDir, String(count), console ? 'console' : '']);
}
