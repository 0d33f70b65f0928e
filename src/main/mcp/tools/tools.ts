import type { CallToolResult, Tool as ListedTool } from '@modelcontextprotocol/server';
import type { Connections } from '../../connections/connections.ts';
import type { Clock } from '../../core/clock.ts';
import { type AppError, toAppError } from '../../core/errors.ts';
import { iso } from '../../core/iso-time.ts';
import type { Logger } from '../../core/logger.ts';
import type { Releases } from '../../releases/releases.ts';
import { checkUpdates } from './check-updates.ts';
import { connectionsStatus } from './connections-status.ts';
import { getPullRequests } from './get-pull-requests.ts';
import { listRepositories } from './list-repositories.ts';
import { releaseNotes } from './release-notes.ts';
import type { Call } from './tool.ts';
import { listCommits } from './tracked/list-commits.ts';
import { listPullRequests } from './tracked/list-pull-requests.ts';
import { repositorySummary } from './tracked/repository-summary.ts';
import { searchActivity } from './tracked/search-activity.ts';
import type { Tracked } from './tracked/values.ts';
import { whatChangedSince } from './tracked/what-changed-since.ts';
import { whoami } from './whoami.ts';

/** All tools, whatever the caller may use: what is missing it learns from the refusal. */
export interface Tools {
  listed(): ListedTool[];
  /** @returns null where there is no such tool; a failure is a result, too */
  call(name: string, args: unknown, call: Call): Promise<CallToolResult | null>;
}

export function createTools(parts: {
  connections: Pick<Connections, 'list' | 'github'>;
  releases: Pick<Releases, 'view' | 'check'>;
  tracked: Tracked;
  clock: Pick<Clock, 'now'>;
  logger: Logger;
}): Tools {
  const { connections, releases, tracked, clock, logger } = parts;
  const tools = [
    whoami(),
    connectionsStatus({ connections }),
    checkUpdates({ releases }),
    releaseNotes({ connections, releases }),
    listRepositories({ connections }),
    getPullRequests({ connections }),
    searchActivity(tracked),
    whatChangedSince({ tracked, clock }),
    listCommits(tracked),
    listPullRequests(tracked),
    repositorySummary(tracked),
  ];
  const byName = new Map<string, (typeof tools)[number]>(tools.map((tool) => [tool.name, tool]));

  return {
    listed: () => tools.map((tool) => tool.listed()),
    async call(name, args, call) {
      const tool = byName.get(name);
      if (!tool) return null;
      try {
        const answer = await tool.run(args, call);
        // As text, too: clients of older revisions show nothing else to their model.
        return { content: [{ type: 'text', text: JSON.stringify(answer) }], structuredContent: answer };
      } catch (thrown) {
        const { aborted, reason } = call.signal;
        const error = toAppError(aborted ? reason : thrown);
        if (error.code === 'internal' && !aborted) logger.error('a tool failed', { tool: name, error: thrown });
        return { content: [{ type: 'text', text: failureText(error) }], isError: true };
      }
    },
  };
}

/** What a model can act on: what went wrong, what helps, and when or where. */
function failureText({ code, message, remedy, retryAt, url }: AppError): string {
  const lines = [
    message,
    remedy,
    ...(retryAt === null ? [] : [`Try again after ${iso(retryAt)}.`]),
    ...(url === null ? [] : [`The person opens ${url}`]),
    `(${code})`,
  ];
  return lines.join('\n');
}
