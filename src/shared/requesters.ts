import { claim } from './claims.ts';

/** A client of the issuer, or a program of the person's own on this machine. */
interface Requester {
  kind: 'client' | 'command' | 'git' | 'export' | 'app';
  id: string;
  name: string | null;
}

/**
 * Who was handed a token, as it stands within a sentence: "the trackeep command". A client's name is its own claim, so it
 * stands in quotation marks, which it cannot leave.
 */
export function requesterInWords({ kind, id, name }: Requester): string {
  switch (kind) {
    case 'client': {
      const said = claim(name);
      return said === null ? `the client ${claim(id) ?? 'without a name'}` : `“${said}”`;
    }
    case 'command':
      return 'the trackeep command';
    case 'git':
      return 'git';
    case 'export':
      return id === 'gh' ? 'the GitHub CLI' : `the file ${id}`;
    case 'app':
      return 'Trackeep Tray itself';
  }
}
