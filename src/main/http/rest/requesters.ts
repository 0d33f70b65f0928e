import type { Requester } from '../../connections/connections.ts';
import type { Clients } from '../../issuer/issuer.ts';

const MOST_KEPT = 1_000;

/**
 * Clients of the issuer as the audit log names them: by what they call themselves. A client keeps the name it registered
 * with, so each is looked up once.
 *
 * @returns the same object for the same client, and no promise where it is known
 */
export function createRequesters(clients: Pick<Clients, 'list'>): (clientId: string) => Requester | Promise<Requester> {
  const requesters = new Map<string, Requester>();
  const lookUp = async (clientId: string): Promise<Requester> => {
    const client = (await clients.list()).find(({ id }) => id === clientId);
    const requester: Requester = { kind: 'client', id: clientId, name: client?.name ?? null };
    if (requesters.size >= MOST_KEPT) requesters.clear();
    requesters.set(clientId, requester);
    return requester;
  };
  return (clientId) => requesters.get(clientId) ?? lookUp(clientId);
}
