/** How programs that want something, and what they may do, are put into words. */
import { claim } from '../../shared/claims.ts';
import type { ClientKind, ClientView, ProcessView } from '../../shared/client-views.ts';
import { SCOPE_NAMES, SCOPES, type Scope } from '../../shared/scopes.ts';
import type { Terminal } from './terminal.ts';
import { relativeTime, wrap } from './words.ts';

const WIDTH = 80;

/** A program's own word for itself stands in quotation marks: anybody can take any name. */
export function spokenName({ kind, name }: Pick<ClientView, 'kind' | 'name'>): string {
  const said = claim(name);
  if (said === null) return 'A program without a name';
  return kind === 'dynamic' || kind === 'metadata_document' ? `"${said}"` : said;
}

const ORIGINS: Record<ClientKind, string> = {
  dynamic: 'registered itself',
  metadata_document: 'described at that address, first seen',
  built_in: 'part of Trackeep Tray',
  configured: 'from your configuration',
};

/** @returns such as "dyn_4Yf, registered itself 3 minutes ago" */
export function origin(
  { id, kind, registeredAt }: Pick<ClientView, 'id' | 'kind' | 'registeredAt'>,
  now: number,
): string {
  const known = kind === 'dynamic' || kind === 'metadata_document';
  const age = known && registeredAt !== null ? ` ${relativeTime(registeredAt, now)}` : '';
  return `${id}, ${ORIGINS[kind]}${age}`;
}

/** The program that was seen: an observation, so with its time. */
export function observed(process: ProcessView | null, now: number): string {
  if (process === null) return 'could not be told';
  const { name, pid, path, observedAt } = process;
  const executable = path === null || path === name ? '' : `${path}, `;
  return `${name} (${executable}process ${pid}, seen ${relativeTime(observedAt, now)})`;
}

/** A line or more for each scope, in the order in which they are always shown. */
export function scopeLines(scopes: readonly Scope[], { yellow }: Terminal, indent = '    '): string[] {
  return SCOPE_NAMES.filter((name) => scopes.includes(name)).flatMap((name) => {
    const { text, sensitive } = SCOPES[name];
    const lines = wrap(`${sensitive ? '▲' : '·'} ${text}`, WIDTH, indent, `${indent}  `);
    return sensitive ? lines.map(yellow) : lines;
  });
}
