import type { Clients } from '../../issuer/issuer.ts';

const MOST_KEPT = 1_000;

/**
 * What clients call themselves, for the audit log. A client keeps the name it registered with, so each is looked up once.
 *
 * @returns null for a client without a name
 */
export function createClientNames(clients: Pick<Clients, 'list'>): (clientId: string) => Promise<string | null> {
  const names = new Map<string, string | null>();
  return async (clientId) => {
    const known = names.get(clientId);
    if (known !== undefined) return known;
    const client = (await clients.list()).find(({ id }) => id === clientId);
    if (names.size >= MOST_KEPT) names.clear();
    names.set(clientId, client?.name ?? null);
    return client?.name ?? null;
  };
}
