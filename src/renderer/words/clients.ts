import { isLoopbackHost } from '../../shared/resources.ts';
import { SCOPE_NAMES, SCOPES, type Scope } from '../../shared/scopes.ts';
import type { ClientKind, ClientView, GrantView } from '../../shared/views.ts';

/** The longest claim that is shown, in characters: a name must not push what matters out of sight. */
const LONGEST_CLAIM = 60;

/** Line breaks and other controls, what turns the direction of writing round, and what takes no room. */
const UNSEEN = /[\p{Cc}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]+/gu;
/** A name that closes its own quotation could go on in our voice. */
const QUOTES = /["\u201c-\u201f\u00ab\u00bb\u2033\uff02]/g;

/**
 * What a program says of itself, made fit to stand in a sentence of ours: on one line, of bounded length, and unable to
 * leave its quotation marks. Null where nothing is left.
 */
export function claim(text: string | null): string | null {
  const line = (text ?? '').replace(UNSEEN, ' ').replace(QUOTES, "'").replace(/\s+/g, ' ').trim();
  if (line === '') return null;
  const characters = [...line];
  return characters.length <= LONGEST_CLAIM ? line : `${characters.slice(0, LONGEST_CLAIM - 1).join('')}…`;
}

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
