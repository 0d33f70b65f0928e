import { z } from 'zod';
import { ConnectionState, Platform } from '../../../shared/connection-views.ts';
import type { Connections } from '../../connections/connections.ts';
import { Problem, problemOf } from './problem.ts';
import { defineTool, type Tool } from './tool.ts';

const Time = z.iso.datetime();

const Output = z.strictObject({
  connections: z.array(
    z.strictObject({
      platform: Platform,
      account: z.string().describe('host/login, as the parameter "account" of other tools takes it.'),
      name: z.string().nullable(),
      organisation: z.string().nullable().describe('The site or workspace, where the provider has such.'),
      state: ConnectionState,
      problem: Problem.nullable(),
      connectedAt: Time,
      lastUsedAt: Time.nullable(),
      pausedUntil: Time.nullable().describe('Until then the provider wants no requests from this account.'),
    }),
  ),
});

/** The connected accounts and whether they work. */
export function connectionsStatus({ connections }: { connections: Pick<Connections, 'list'> }): Tool {
  return defineTool({
    name: 'connections_status',
    title: 'Connected accounts',
    description: 'Lists the accounts that the person has connected, whether each one works, and what helps where not.',
    openWorld: false,
    input: z.strictObject({}),
    output: Output,
    run: async () => ({
      connections: (await connections.list()).map((view) => ({
        platform: view.platform,
        account: `${view.host}/${view.login}`,
        name: view.name,
        organisation: view.organisation?.name ?? null,
        state: view.state,
        problem: problemOf(view.problem),
        connectedAt: view.connectedAt,
        lastUsedAt: view.lastUsedAt,
        pausedUntil: view.pausedUntil,
      })),
    }),
  });
}
