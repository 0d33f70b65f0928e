import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/logger.ts';
import { createDemoWorld } from './demo-world.ts';
import { DEMO_CLIENT, type EmulatedGitHub, startEmulatedGitHub } from './emulated-github.ts';
import { releaseCandidate, trackeepReleases } from './release-catalogue.ts';

export interface Demo {
  /** What the app's environment is overlaid with. */
  env: Record<string, string>;
  github: EmulatedGitHub;
  stop(): Promise<void>;
}

/** Long enough to read the code on the screen. */
const APPROVE_AFTER_MS = 3000;
const FILE_BYTES = 6_000_000;
/** Slow enough that the progress bar can be watched: about two seconds a file. */
const BYTES_PER_SECOND = 3_000_000;

/**
 * Starts the emulated GitHub for a demo: it approves sign-ins by itself, and its newest release is v1.3.0 while the
 * app believes to run 1.2.5.
 *
 * @throws AppError `demo_unavailable` where the package `emulate` is not installed
 */
export async function startDemo(options: { clock: Clock; logger?: Logger }): Promise<Demo> {
  const github = await startEmulatedGitHub({
    clock: options.clock,
    clients: [DEMO_CLIENT],
    intervalSeconds: 1,
    autoApproveMs: APPROVE_AFTER_MS,
    world: createDemoWorld({ clock: options.clock }),
    // The candidate shows when somebody switches prereleases on.
    repositories: [
      {
        ...{ owner: 'octocat', name: 'garden', private: false, language: 'TypeScript' },
        description: 'Waters the plants when the weather report says so.',
      },
      {
        ...{ owner: 'octocat', name: 'recipes', private: true, language: 'Markdown' },
        description: 'What we cook, and how it turned out.',
      },
    ],
    releases: [...trackeepReleases(FILE_BYTES), releaseCandidate(FILE_BYTES)],
  });
  github.setFileTrouble({ bytesPerSecond: BYTES_PER_SECOND });
  options.logger?.info('emulated GitHub started', { address: github.url });
  return {
    env: {
      GITHUB_URL: github.url,
      GITHUB_API_URL: github.apiUrl,
      GITHUB_CLIENT_ID: DEMO_CLIENT.clientId,
      APP_VERSION: '1.2.5',
    },
    github,
    stop: () => github.close(),
  };
}
