import { claim } from '../../shared/claims.ts';
import type { ClientKind, ClientView, GrantView } from '../../shared/client-views.ts';
import { isLoopbackHost } from '../../shared/resources.ts';
import { SCOPE_NAMES, SCOPES, type Scope } from '../../shared/scopes.ts';

/** How a program is spoken of: by its claim in quotation marks, by our own or the person's name for it without them. */
export function spokenName({ kind, name }: Pick<ClientView, 'kind' | 'name'>): string {
  const said = claim(name);
  if (said === null) return 'A program without a name';
  return isClaim(kind) ? `“${said}”` : said;
}

/** Whether the name is the program's own word, which anybody could give. */
export function isClaim(kind: ClientKind): boolean {
  return kind === 'dynamic' || kind === 'metadata_document';
}

/** How the program came to be known. */
export const CLIENT_KINDS: Record<ClientKind, string> = {
  dynamic: 'It registered itself',
  metadata_document: 'It is described at the address that is its ID',
  built_in: 'It is part of Trackeep Tray',
  configured: 'It stands in your configuration',
};

/**
 * Where a redirect leads, with what that means where it is certain: that the answer stays on this machine.
 *
 * @param host a host, or a scheme of a program's own with its colon
 */
export function placeOfHost(host: string): string {
  if (host.endsWith(':')) return `the program that opens ${host} links on this machine`;
  const { hostname } = URL.parse(`http://${host}`) ?? { hostname: '' };
  return isLoopbackHost(hostname) ? `${host}, on this machine` : host;
}

/** Scopes in the order that they are shown in, whatever order they came in. */
export function inOrder(scopes: readonly Scope[]): Scope[] {
  return SCOPE_NAMES.filter((name) => scopes.includes(name));
}

export function hasSensitive(scopes: readonly Scope[]): boolean {
  return scopes.some((name) => SCOPES[name].sensitive);
}

/** A grant that still answers the same request without asking, and whose it is. */
export interface Remembered {
  client: ClientView;
  grant: GrantView & { rememberedUntil: string };
}

/**
 * The grants that are remembered, the one that is asked for again first at the top.
 *
 * @param now ms since the epoch
 */
export function remembered(clients: readonly ClientView[], now: number): Remembered[] {
  return clients
    .flatMap((client) => client.grants.map((grant) => ({ client, grant })))
    .filter((each): each is Remembered => Date.parse(each.grant.rememberedUntil ?? '') > now)
    .sort((a, b) => Date.parse(a.grant.rememberedUntil) - Date.parse(b.grant.rememberedUntil));
}

/** "1 program", "3 programs". */
export function programs(count: number): string {
  return count === 1 ? '1 program' : `${count} programs`;
}
