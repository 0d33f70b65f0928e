/**
 * The tools and resources, and the scope each one needs, as plain data: the metadata and the first challenge are answered from it
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
  search_activity: 'github:read',
  what_changed_since: 'github:read',
  list_commits: 'github:read',
  list_pull_requests: 'github:read',
  repository_summary: 'github:read',
} as const satisfies Record<string, Scope>;

export type ToolName = keyof typeof TOOL_SCOPES;

/**
 * Every scope that some tool needs, and what a client that comes for the first time is told to ask for: version 1 of the
 * SDK cannot come back for more, since it refreshes its token before it looks at what the token lacks.
 */
export const MCP_SCOPES: readonly Scope[] = inOrder(Object.values(TOOL_SCOPES));

/** All resources are of tracked repositories. Which kinds of them there are is no secret, so templates need no scope. */
const RESOURCE_SCOPE: Scope = 'github:read';
const RESOURCE_METHODS: readonly unknown[] = ['resources/list', 'resources/read', 'resources/subscribe'];

/**
 * The scopes that the calls in a JSON-RPC body need, a batch's taken together.
 *
 * @param body anything that was sent; what is neither a call of a known tool nor about resources needs none
 */
export function scopesNeededBy(body: unknown): Scope[] {
  return inOrder(
    messagesIn(body).flatMap((message) => {
      if (isToolCall(message)) return TOOL_SCOPES[message.params.name];
      return isAboutResources(message) ? RESOURCE_SCOPE : [];
    }),
  );
}

/** The resources that a JSON-RPC body wants to hear news of (`subscriptions/listen`, revision 2026-07-28). */
export function resourcesListenedTo(body: unknown): string[] {
  return messagesIn(body).flatMap((message) => {
    if (!isRecord(message) || message.method !== 'subscriptions/listen' || !isRecord(message.params)) return [];
    const { notifications } = message.params;
    const uris = isRecord(notifications) ? notifications.resourceSubscriptions : null;
    return Array.isArray(uris) ? uris.filter((uri) => typeof uri === 'string') : [];
  });
}

function messagesIn(body: unknown): readonly unknown[] {
  return Array.isArray(body) ? body : [body];
}

function isAboutResources(message: unknown): boolean {
  if (!isRecord(message)) return false;
  return RESOURCE_METHODS.includes(message.method) || resourcesListenedTo(message).length > 0;
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
