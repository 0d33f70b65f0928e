import type { ConnectionView } from '../../shared/connection-views.ts';
import { accountNames, tellingName } from '../connections/pick-account.ts';
import { AppError } from '../core/errors.ts';

/**
 * The accounts that are meant: all, or those of a name.
 *
 * @param account any of `accountNames`: login, host/login, site or workspace by name or id, or the connection's id
 * @throws AppError `not_connected`
 */
export function pickConnections(connections: readonly ConnectionView[], account: string | undefined): ConnectionView[] {
  const wanted = account?.toLowerCase();
  const matching = connections.filter(
    (connection) => wanted === undefined || accountNames(connection).some((name) => name.toLowerCase() === wanted),
  );
  if (matching.length > 0) return matching;
  const message = account === undefined ? 'No account is connected.' : `No account "${account}" is connected.`;
  throw new AppError('not_connected', message, { remedy: 'See `trackeep status` for the accounts there are.' });
}

/**
 * The one account that is meant.
 * @throws AppError as `pickConnections`, or `account_ambiguous` naming the accounts there are
 */
export function pickConnection(connections: readonly ConnectionView[], account: string | undefined): ConnectionView {
  const matching = pickConnections(connections, account);
  const [only] = matching;
  if (only !== undefined && matching.length === 1) return only;
  const names = matching.map((connection) => tellingName(connection, true));
  const isShared = (name: string) => names.indexOf(name) !== names.lastIndexOf(name);
  // A person and an app's installation may go by one name: then only the id tells.
  const telling = names.map((name, index) => (isShared(name) ? `${name} (${matching[index]?.id})` : name));
  throw new AppError('account_ambiguous', `Several accounts are connected: ${telling.join(', ')}.`);
}
