import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cleanEnvironment, type RunningApp, spawnCli } from '../support/app.ts';
import { type Keyring, startKeyring } from '../support/keyring.ts';
import { answerOf, type VaultApp, vaultApp } from '../support/vault-app.ts';

/** Three seconds are the vault's; the rest is the command's own start on a busy machine. */
const THREE_SECONDS_AND_A_PROCESS = 3_000 + 1_500;

let scene: VaultApp;
let keyring: Keyring;
beforeEach(async () => {
  scene = await vaultApp();
});
afterEach(async () => {
  await scene.stop();
  await keyring.stop();
});

/** Locks the keychain that holds the master key of a data folder with an account in it. @returns the account's token */
async function lockedWithAnAccount(): Promise<string> {
  const before = await scene.start('keychain', keyring.env);
  expect((await before.cli('connect', 'github', '--device')).code).toBe(0);
  const token = (await before.cli('token', 'github')).stdout.trim();
  expect(token).toMatch(/^ghu_/);
  await before.stop();
  await keyring.lock();
  return token;
}

/** An app that is started while the keychain is locked. */
async function startedWhileLocked(): Promise<{ app: RunningApp; token: string }> {
  const token = await lockedWithAnAccount();
  return { app: await scene.start('keychain', keyring.env), token };
}

describe('a locked keychain whose prompt is dismissed', () => {
  beforeEach(async () => {
    keyring = await startKeyring({ prompts: 'dismissed' });
  });

  it('is said to be locked, with the remedy, and not to be empty', async () => {
    const { app } = await startedWhileLocked();
    const answer = await app.cli('token', 'github', '--json');
    expect(answer.code).not.toBe(0);
    expect(answerOf(answer)).toMatchObject({ error: 'vault_locked', remedy: 'Unlock your keychain and try again.' });
    expect(answerOf(await app.cli('status', '--json'))).toMatchObject({ vault: { state: 'locked' } });
  });

  it('costs nothing: after the unlock the same process hands out the same token', async () => {
    const { app, token } = await startedWhileLocked();
    const entries = await keyring.entries();
    expect((await app.cli('token', 'github')).code).not.toBe(0);
    await keyring.unlock();
    expect((await app.cli('token', 'github')).stdout.trim()).toBe(token);
    expect(answerOf(await app.cli('status', '--json'))).toMatchObject({
      app: { pid: app.ready.pid },
      vault: { state: 'open' },
      connections: [{ state: 'ok' }],
    });
    expect(await keyring.entries()).toEqual(entries);
  });
});

describe('a locked keychain whose prompt nobody answers', () => {
  beforeEach(async () => {
    keyring = await startKeyring({ prompts: 'unanswered' });
  });

  it('is given up within three seconds, by every command', async () => {
    const { app } = await startedWhileLocked();
    for (const command of [['unlock'], ['token', 'github']]) {
      const began = performance.now();
      const answer = await app.cli(...command, '--json');
      expect(performance.now() - began, command.join(' ')).toBeLessThan(THREE_SECONDS_AND_A_PROCESS);
      expect(answer.code).not.toBe(0);
      expect(answerOf(answer)).toMatchObject({ error: 'vault_locked' });
    }
  });

  it('works again once it is unlocked, though the first prompt still stands', async () => {
    const { app, token } = await startedWhileLocked();
    await keyring.unlock();
    expect((await app.cli('unlock')).code).toBe(0);
    expect((await app.cli('token', 'github')).stdout.trim()).toBe(token);
  });

  it('does not keep the app from ending when it is told to', async () => {
    const { app } = await startedWhileLocked();
    app.process.kill('SIGTERM');
    expect(await app.ended).toEqual({ code: 0, signal: null });
  });

  it('does not keep it from ending when nobody reads what it says', async () => {
    await lockedWithAnAccount();
    const args = ['serve', '--json', '--vault', 'keychain', '--data', scene.dataDir, '--port', '0'];
    const unread = spawnCli(args, cleanEnvironment(keyring.env));
    unread.stdout?.destroy();
    unread.stderr?.destroy();
    expect(await once(unread, 'exit')).toEqual([0, null]);
  });
});
