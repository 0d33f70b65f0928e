import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DoctorView, StatusView } from '../../src/shared/app-views.ts';
import type { UpdatesView } from '../../src/shared/release-views.ts';
import { type RunningApp, startApp } from '../support/app.ts';

/** The main job on the command line, in the order in which a person does it: one app, one step after the other. */
describe('the built command against the whole app, with emulated providers', () => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await startApp({ args: ['--demo'] });
  });
  afterAll(() => app.stop());

  /** The one JSON document that a command prints. */
  async function ask<T>(...args: string[]): Promise<{ code: number | null; view: T }> {
    const { code, stdout } = await app.cli(...args, '--json');
    return { code, view: JSON.parse(stdout) as T };
  }

  it('begins without an account, and says so by its exit codes', async () => {
    const { code, view } = await ask<StatusView>('status');
    expect([code, view.overall, view.connections]).toEqual([0, 'needs_you', []]);
    expect(await app.cli('token', 'github')).toMatchObject({ code: 4, stdout: '' });
    expect(await app.cli('updates', 'check')).toMatchObject({ code: 4 });
    expect(await app.cli('disconnect')).toMatchObject({ code: 4 });
  });

  it('connects by device code', async () => {
    const { code, stdout } = await app.cli('connect', 'github', '--device', '--json');
    expect(code).toBe(0);
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([
      expect.objectContaining({ event: 'code', userCode: expect.stringMatching(/^[0-9A-Z]{4}-[0-9A-Z]{4}$/) }),
      expect.objectContaining({ event: 'connected', login: 'octocat' }),
    ]);
  });

  it('finds the update', async () => {
    await app.cli('settings', 'set', 'current-version', '1.2.5');
    const { code, view } = await ask<UpdatesView>('updates', 'check');
    expect([code, view.updateAvailable, view.latest?.version]).toEqual([0, true, '1.3.0']);
  });

  it('downloads and verifies it', async () => {
    const { code, view } = await ask<UpdatesView>('updates', 'download');
    expect([code, view.download?.state]).toEqual([0, 'verified']);
    expect(await ask<UpdatesView>('updates', 'discard')).toMatchObject({ code: 0, view: { download: null } });
  });

  it('hands out a token that the provider takes', async () => {
    const { stdout } = await app.cli('token', 'github');
    expect(stdout).toMatch(/^gh\w_\w+\n$/);
    const { view } = await ask<DoctorView>('doctor');
    expect(view.checks).toContainEqual(
      expect.objectContaining({ title: expect.stringContaining('octocat'), verdict: 'safe' }),
    );
  });

  it('rotates the key and still has the token', async () => {
    const { stdout: before } = await app.cli('token', 'github');
    expect(await app.cli('doctor', '--rotate-key')).toMatchObject({ code: 0 });
    expect(await app.cli('token', 'github')).toMatchObject({ code: 0, stdout: before });
  });

  it('disconnects', async () => {
    expect(await app.cli('disconnect')).toMatchObject({ code: 0, stdout: expect.stringContaining('octocat') });
    expect(await app.cli('token', 'github')).toMatchObject({ code: 4 });
  });
});
