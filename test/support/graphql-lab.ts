import { expect, onTestFinished } from 'vitest';
import { type EmulatedGitHub, startEmulatedGitHub } from '../../src/main/demo/emulated-github.ts';
import type { World } from '../../src/main/demo/tracked/world.ts';
import { tokenFor } from './github-tokens.ts';
import { createManualClock, type ManualClock } from './manual-clock.ts';

// biome-ignore lint/suspicious/noExplicitAny: answers of many shapes, of which each test looks at a little
export type Any = any;

/** An emulated GitHub with an empty world, and octocat asking it in GraphQL. */
export interface GraphQLLab {
  clock: ManualClock;
  github: EmulatedGitHub;
  world: World;
  token: string;
  /** @param authorization default: octocat's token; null: none */
  send(body: unknown, authorization?: string | null): Promise<{ status: number; headers: Headers; body: Any }>;
  /** The data of an answer without errors. */
  ask(query: string, variables?: Record<string, unknown>): Promise<Any>;
  /** The first error of an answer, which comes with status 200. */
  refusalOf(query: string, variables?: Record<string, unknown>): Promise<Any>;
}

/** Ends with the test that opened it. */
export async function openGraphQLLab(): Promise<GraphQLLab> {
  const clock = createManualClock();
  const github = await startEmulatedGitHub({ clock, releases: [], intervalSeconds: 0 });
  onTestFinished(() => github.close());
  const token = await tokenFor(github);
  const lab: GraphQLLab = {
    ...{ clock, github, world: github.world, token },
    async send(body, authorization = `Bearer ${token}`) {
      const answer = await fetch(`${github.apiUrl}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(authorization === null ? {} : { authorization }) },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      });
      return { status: answer.status, headers: answer.headers, body: await answer.json() };
    },
    async ask(query, variables = {}) {
      const { status, body } = await lab.send({ query, variables });
      expect([status, body.errors]).toEqual([200, undefined]);
      return body.data;
    },
    async refusalOf(query, variables = {}) {
      const { status, body } = await lab.send({ query, variables });
      expect(status).toBe(200);
      return body.errors[0];
    },
  };
  return lab;
}
