import { z } from 'zod';
import type { Connections } from '../../connections/connections.ts';
import { pauseAskedFor } from '../../connections/github/rate-limit.ts';
import { rateLimited } from '../../connections/pauses.ts';
import type { Clock } from '../../core/clock.ts';
import { AppError } from '../../core/errors.ts';

/** Why GitHub left something out of an answer that it gave all the same. */
export interface Omission {
  /** Where in the answer. */
  path: (string | number)[];
  /** `gone`: it is not there, or not for this account. */
  kind: 'gone' | 'forbidden' | 'other';
}

/** An answer to a question in GraphQL. */
export interface Told {
  data: Record<string, unknown>;
  omissions: Omission[];
  /** GitHub's own time, ms since the epoch. */
  at: number;
}

/**
 * One question in the name of a connection.
 *
 * @param query a text of queries.ts
 * @throws AppError as `Connections.github`; `rate_limited` however GitHub says it; `provider_error` where nothing of the
 *   answer can be used
 * @see https://docs.github.com/en/graphql/guides/forming-calls-with-graphql
 */
export type Ask = (
  connectionId: string,
  query: string,
  variables: Record<string, unknown>,
  signal: AbortSignal,
) => Promise<Told>;

const Body = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z
    .array(
      z.object({
        type: z.string().optional(),
        message: z.string().optional(),
        path: z.array(z.union([z.string(), z.number()])).optional(),
      }),
    )
    .optional(),
});
type Body = z.infer<typeof Body>;
type Headers = Readonly<Record<string, string | number | undefined>>;

const ENTERPRISE_REST = /\/api\/v3\/?$/;

export function createAsk({ connections, clock }: { connections: Pick<Connections, 'github'>; clock: Clock }): Ask {
  return async (connectionId, query, variables, signal) => {
    const octokit = await connections.github(connectionId);
    signal.throwIfAborted();
    const { baseUrl } = octokit.request.endpoint.DEFAULTS;
    const answer = await octokit
      .request({
        method: 'POST',
        // GitHub Enterprise Server has the two APIs beside each other and not one below the other.
        url: ENTERPRISE_REST.test(baseUrl) ? baseUrl.replace(ENTERPRISE_REST, '/api/graphql') : '/graphql',
        query,
        variables,
        request: { signal },
      })
      .catch((error: unknown) => {
        if (signal.aborted) throw signal.reason;
        // Octokit throws the answer with status 200 that speaks of a limit.
        const limited = limitIn(error);
        throw limited === null ? error : rateLimitOf(limited.headers, limited.body, clock.now());
      });
    const body = Body.safeParse(answer.data);
    if (!body.success) throw unreadable('a question', body.error);
    const { data, errors = [] } = body.data;
    if (speaksOfLimit(body.data)) throw rateLimitOf(answer.headers, body.data, clock.now());
    if (data == null) {
      throw new AppError('provider_error', 'GitHub could not answer a question about repositories.', {
        cause: new Error(errors.map(({ type, message }) => `${type}: ${message}`).join('; ')),
      });
    }
    return {
      data,
      omissions: errors.map(({ type, path = [] }) => ({ path, kind: kindOf(type) })),
      at: timeOf(answer.headers) ?? clock.now(),
    };
  };
}

/** GitHub's answer has a form that nobody told us of. */
export function unreadable(what: string, cause: unknown): AppError {
  return new AppError('provider_error', `GitHub answered ${what} in a form that this version does not know.`, {
    cause,
  });
}

function kindOf(type: string | undefined): Omission['kind'] {
  if (type === 'NOT_FOUND') return 'gone';
  return type === 'FORBIDDEN' || type === 'INSUFFICIENT_SCOPES' ? 'forbidden' : 'other';
}

function speaksOfLimit({ errors = [] }: Body): boolean {
  return errors.some(({ type }) => type === 'RATE_LIMITED' || type === 'RATE_LIMIT');
}

function limitIn(error: unknown): { headers: Headers; body: Body } | null {
  if (error instanceof AppError || !(error instanceof Error) || !('response' in error)) return null;
  const response = z.object({ headers: z.record(z.string(), z.union([z.string(), z.number()])), data: Body });
  const { data, success } = response.safeParse(error.response);
  return success && speaksOfLimit(data.data) ? { headers: data.headers, body: data.data } : null;
}

/** The limit of GraphQL comes with status 200; read as what REST would have sent. */
function rateLimitOf(headers: Headers, data: unknown, now: number): AppError {
  return rateLimited('GitHub', now + (pauseAskedFor({ status: 429, headers, data }, now) ?? 0));
}

function timeOf(headers: Headers): number | null {
  const at = Date.parse(String(headers.date));
  return Number.isFinite(at) ? at : null;
}
