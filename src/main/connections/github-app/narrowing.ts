import { AppError } from '../../core/errors.ts';
import type { Narrowing } from '../connections.ts';
import type { TokenAnswer } from './answers.ts';

/** The body of a request for a token that may do less. */
export interface NarrowingRequest {
  repositories?: string[];
  repository_ids?: number[];
  permissions?: Record<string, string>;
}

const RANKS = ['read', 'write', 'admin'];

/**
 * A narrowing in GitHub's form.
 *
 * @param narrowing a repository by its name, by owner/name, or by its number as `id:42`, which a rename does not change
 * @param owner whose repositories they are
 * @throws AppError `bad_input` for one that names nothing, names mixed with numbers, or another owner
 */
export function narrowingRequest({ repositories, permissions }: Narrowing, owner: string): NarrowingRequest {
  if (repositories?.length === 0) throw new AppError('bad_input', 'No repository is named.');
  if (permissions !== null && Object.keys(permissions).length === 0) {
    throw new AppError('bad_input', 'No permission is named.');
  }
  return {
    ...(repositories === null ? {} : repositoriesOf(repositories, owner)),
    ...(permissions === null ? {} : { permissions }),
  };
}

function repositoriesOf(entries: string[], owner: string): NarrowingRequest {
  const ids = entries.map((entry) => /^id:(\d{1,15})$/.exec(entry)?.[1]);
  if (ids.every((id) => id !== undefined)) return { repository_ids: ids.map(Number) };
  if (ids.some((id) => id !== undefined)) {
    throw new AppError('bad_input', 'Repositories are named either all by name or all by number.');
  }
  return { repositories: entries.map((entry) => nameOf(entry, owner)) };
}

function nameOf(entry: string, owner: string): string {
  const parts = entry.split('/');
  const [name = ''] = parts.slice(-1);
  if (parts.length > 2 || !/^[\w.-]{1,100}$/.test(name)) {
    throw new AppError('bad_input', 'One of the repositories has no possible name.');
  }
  if (parts.length === 2 && parts[0]?.toLowerCase() !== owner.toLowerCase()) {
    throw new AppError('bad_input', `The app's installation in ${owner} has only repositories of ${owner}.`);
  }
  return name;
}

/**
 * Whether a token is as narrow as was asked for. Servers that do not know a field leave it aside, and then hand out all
 * that the installation has.
 */
export function staysWithin(answer: TokenAnswer, asked: NarrowingRequest): boolean {
  const { permissions } = asked;
  const permitted =
    permissions === undefined ||
    Object.entries(answer.permissions).every(
      // GitHub adds this one to every token: nothing can be found without it.
      ([name, level]) => (name === 'metadata' && level === 'read') || within(level, permissions[name]),
    );
  return permitted && sameRepositories(answer, asked);
}

function within(level: string, most: string | undefined): boolean {
  return RANKS.includes(level) && RANKS.indexOf(level) <= RANKS.indexOf(most ?? '');
}

function sameRepositories(
  { repository_selection, repositories }: TokenAnswer,
  { repositories: names, repository_ids: ids }: NarrowingRequest,
): boolean {
  const wanted = names?.map((name) => name.toLowerCase()) ?? ids?.map(String);
  if (wanted === undefined) return true;
  if (repository_selection !== 'selected' || repositories === undefined) return false;
  return repositories.every(({ id, name }) => wanted.includes(names ? name.toLowerCase() : id));
}
