/**
 * The tools and the scope each one needs, as plain data: the metadata and the first challenge are answered from it
 * before anything of the protocol is loaded.
 */
import { SCOPE_NAMES, type Scope } from '../../shared/scopes.ts';

export const TOOL_SCOPES = {
  whoami: 'openid',
  connections_status: 'installations:read',
  check_updates: 'updates:read',
  release_notes: 'updates:read',
  list_repositories: 'github:read',
  get_pull_requests: 'github:read',
} as const satisfies Record<string, Scope>;

export type ToolName = keyof typeof TOOL_SCOPES;

/**
 * Every scope that some tool needs, and what a client that comes for the first time is told to ask for: version 1 of the
 * SDK cannot come back for more, since it refreshes its token before it looks at what the token lacks.
 */
export const MCP_SCOPES: readonly Scope[] = inOrder(Object.values(TOOL_SCOPES));

/**
 * The scopes that the calls in a JSON-RPC body need, a batch's taken together.
 *
 * @param body anything that was sent; what is no call of a known tool needs none
 */
export function scopesNeededBy(body: unknown): Scope[] {
  const messages: readonly unknown[] = Array.isArray(body) ? body : [body];
  return inOrder(messages.flatMap((message) => (isToolCall(message) ? TOOL_SCOPES[message.params.name] : [])));
}

function isToolCall(message: unknown): message is { params: { name: ToolName } } {
  if (!isRecord(message) || message.method !== 'tools/call' || !isRecord(message.params)) return false;
  const { name } = message.params;
  return typeof name === 'string' && Object.hasOwn(TOOL_SCOPES, name);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** Each once, in the order in which people read them. */
export function inOrder(scopes: Iterable<Scope>): Scope[] {
  const wanted = new Set(scopes);
  return SCOPE_NAMES.filter((scope) => wanted.has(scope));
}
