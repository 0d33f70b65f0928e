import type { IncomingMessage, ServerResponse } from 'node:http';

/** The MCP server: what a local agent may see of the person's accounts and releases, each tool behind its scope. */
export interface Mcp {
  /**
   * Answers `/mcp` and the protected resource metadata (RFC 9728) of it. The guards have let the request pass.
   *
   * @param path the target's path, as sent
   * @param search its query string without the question mark
   */
  answer(request: IncomingMessage, response: ServerResponse, path: string, search: string): Promise<void>;
  /** Ends the exchanges under way. */
  stop(): Promise<void>;
}

/** The paths that `answer` takes; a longer one stands before the one it begins with. */
export const MCP_PATHS: readonly string[] = ['/.well-known/oauth-protected-resource', '/mcp'];
