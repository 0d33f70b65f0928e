import { isoTime } from '../tracked/iso-time.ts';
import { nodeId } from '../tracked/node-ids.ts';
import { connection, notACursor, type PageArguments, pageByPlace, take } from './pages.ts';
import { mapped } from './repository-fields.ts';
import { type Asking, commitSource, ownerSource, type Source, type SourceOf } from './sources.ts';

type Commit = SourceOf<'Commit'>;
type HistoryArguments = PageArguments & { since?: string | null; until?: string | null };

/** Longer first lines are cut, and go on in the body. */
const HEADLINE = 72;

export const COMMIT_FIELDS = {
  id: ({ repository, commit }: Commit) => nodeId('Commit', repository.id, commit.oid),
  oid: ({ commit }: Commit) => commit.oid,
  abbreviatedOid: ({ commit }: Commit) => commit.oid.slice(0, 7),
  additions: ({ commit }: Commit) => commit.additions,
  deletions: ({ commit }: Commit) => commit.deletions,
  author: ({ commit: { author, authoredAt } }: Commit, _: object, { world }: Asking) => {
    if (author === null) return null;
    const account = author.login === null ? null : world.owner(author.login);
    const user = account?.type === 'User' ? ownerSource(account) : null;
    return { date: isoTime(authoredAt), email: author.email, name: author.name, user };
  },
  authoredDate: ({ commit }: Commit) => isoTime(commit.authoredAt),
  committedDate: ({ commit }: Commit) => isoTime(commit.committedAt),
  history: ({ repository, commit }: Commit, args: HistoryArguments, { world }: Asking) => {
    // A cursor names the commit that the list began with, and the place in it; the list never changes.
    const [, begun = commit.oid, place] = /^([0-9a-f]{40}) (\d+)$/.exec(args.after ?? '') ?? [];
    if (args.after != null && place === undefined) throw notACursor(args.after);
    const since = args.since == null ? Number.NEGATIVE_INFINITY : Date.parse(args.since);
    const until = args.until == null ? Number.POSITIVE_INFINITY : Date.parse(args.until);
    const whole = world.history(repository, begun);
    const all =
      args.since == null && args.until == null
        ? whole
        : whole.filter(({ committedAt }) => committedAt >= since && committedAt <= until);
    const page = connection({
      total: () => all.length,
      cut: () => take(all, place === undefined ? 0 : Number(place) + 1, all.length, args),
      cursorOf: (_, index) => `${begun} ${index}`,
    });
    return mapped(page, (one): Source => ({ kind: 'Commit', repository, commit: one }));
  },
  message: ({ commit }: Commit) => commit.message,
  messageBody: ({ commit }: Commit) => parts(commit.message).body,
  messageHeadline: ({ commit }: Commit) => parts(commit.message).headline,
  parents: ({ repository, commit }: Commit, args: PageArguments) =>
    mapped(pageByPlace(commit.parents, args), (oid) => commitSource(repository, oid)),
  repository: ({ repository }: Commit): Source => ({ kind: 'Repository', repository }),
  statusCheckRollup: ({ repository, commit }: Commit) => {
    const state = repository.checks.get(commit.oid);
    return state === undefined ? null : { id: nodeId('Checks', repository.id, commit.oid), state };
  },
};

function parts(message: string): { headline: string; body: string } {
  const end = message.indexOf('\n');
  const line = end === -1 ? message : message.slice(0, end);
  const body = end === -1 ? '' : message.slice(end + 1).trim();
  if (line.length <= HEADLINE) return { headline: line, body };
  const rest = `…${line.slice(HEADLINE - 1)}`;
  return { headline: `${line.slice(0, HEADLINE - 1)}…`, body: body === '' ? rest : `${rest}\n\n${body}` };
}
