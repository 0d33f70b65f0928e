import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** One project a folder of `test/`, so that each can be run by itself: `vitest run --project unit`. */
const project = (name: string, more: { isolate?: boolean } = {}) => ({
  extends: true as const,
  test: { name, include: [`test/${name}/**/*.test.{ts,tsx}`], ...more },
});

/** Browsers and windows take the longest: begun last, they would be waited for alone. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ project }: TestSpecification) => ['web', 'desktop', 'hard-cases'].indexOf(project.name) >>> 0;
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}

export default defineConfig({
  test: {
    environment: 'node',
    pool: 'forks',
    // More than there are cores: real processes and browsers spend much of their time waiting.
    maxWorkers: availableParallelism() * 2,
    sequence: { sequencer: LongestFirst },
    // Nothing in a test may depend on the internet: every socket that leaves the machine is refused.
    setupFiles: ['test/support/no-outbound-network.ts'],
    // Real processes and browsers on a busy machine; a spec that waits for nothing takes a few ms all the same.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    restoreMocks: true,
    projects: [
      // Pure code without state of its own: to import it anew for each file would take longer than its tests.
      project('unit', { isolate: false }),
      project('integration', { isolate: false }),
      project('hard-cases', { isolate: false }),
      project('desktop', { isolate: false }),
      project('web', { isolate: false }),
      project('soak'),
    ],
  },
});
