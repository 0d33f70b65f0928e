import { canonicalResource } from '../../shared/resources.ts';

/** Which servers tokens may be issued for. */
export interface Resources {
  /** The one meant when a client names none: our own MCP server, which is what clients come for. */
  readonly usual: string;
  /**
   * The canonical form of what a client named, with our own host under its other names told for what it is
   * (RFC 8707 §2): `http://localhost:9090/mcp/` is `http://127.0.0.1:9090/mcp`.
   *
   * @returns the text as it is where it can name no resource; the library refuses that
   */
  canonical(text: string): string;
  /** Whether tokens are issued for it, now. */
  knows(resource: string): boolean;
}

/** @param others the person's own resource servers, in any form; asked each time, since settings change */
export function createResources(issuer: string, others: () => readonly string[]): Resources {
  const { port } = new URL(issuer);
  const ownOrigins = new Set(
    ['127.0.0.1', 'localhost', '[::1]'].map((name) => new URL(`http://${name}:${port}`).origin),
  );
  const usual = `${issuer}/mcp`;

  const canonical = (text: string): string => {
    const resource = canonicalResource(text);
    if (resource === null) return text;
    const { origin } = new URL(resource);
    return ownOrigins.has(origin) ? `${issuer}${resource.slice(origin.length)}` : resource;
  };

  return {
    usual,
    canonical,
    knows(resource) {
      return resource === usual || resource === issuer || others().some((other) => canonical(other) === resource);
    },
  };
}
