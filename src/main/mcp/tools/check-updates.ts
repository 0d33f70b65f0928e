import { z } from 'zod';
import { UpdatesState } from '../../../shared/release-views.ts';
import type { Releases } from '../../releases/releases.ts';
import { Problem, problemOf } from './problem.ts';
import { defineTool, type Tool } from './tool.ts';

const Time = z.iso.datetime();

const Input = z.strictObject({
  fresh: z
    .boolean()
    .default(false)
    .describe('Ask GitHub now instead of telling what the last check found. Rarely needed: checks run by themselves.'),
});

const Output = z.strictObject({
  state: UpdatesState,
  currentVersion: z.string().nullable().describe('The Trackeep version that the person runs, where it is known.'),
  latestVersion: z.string().nullable(),
  updateAvailable: z.boolean(),
  prerelease: z.boolean().nullable().describe('Whether the latest version is a prerelease.'),
  publishedAt: Time.nullable(),
  url: z.url().nullable().describe('The page of the latest release.'),
  asset: z
    .strictObject({ name: z.string(), size: z.int().describe('Bytes.'), verifiable: z.boolean() })
    .nullable()
    .describe('The file for this machine.'),
  checkedAt: Time.nullable().describe('The last check that reached GitHub.'),
  nextCheckAt: Time.nullable(),
  problem: Problem.nullable().describe('Why the last check brought nothing.'),
});

/** What is known about Trackeep releases; on request, after asking. */
export function checkUpdates({ releases }: { releases: Pick<Releases, 'view' | 'check'> }): Tool {
  return defineTool({
    name: 'check_updates',
    title: 'Trackeep updates',
    description:
      'Tells which Trackeep version the person runs, which one is the latest, and whether there is an update.',
    openWorld: true,
    input: Input,
    output: Output,
    async run({ fresh }) {
      const view = fresh ? await releases.check() : releases.view();
      const { latest } = view;
      const asset = latest?.asset;
      return {
        state: view.state,
        currentVersion: view.currentVersion,
        latestVersion: latest?.version ?? null,
        updateAvailable: view.updateAvailable,
        prerelease: latest?.prerelease ?? null,
        publishedAt: latest?.publishedAt ?? null,
        url: latest?.url ?? null,
        asset: asset ? { name: asset.name, size: asset.size, verifiable: asset.checksum !== null } : null,
        checkedAt: view.checkedAt,
        nextCheckAt: view.nextCheckAt,
        problem: problemOf(view.error),
      };
    },
  });
}
