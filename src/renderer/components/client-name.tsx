import type { ClientView } from '../../shared/client-views.ts';
import { spokenName } from '../words/clients.ts';

/** A program's name, kept to itself so that its direction of writing does not reach the words around it. */
export function ClientName({ client }: { client: Pick<ClientView, 'kind' | 'name'> }) {
  return <bdi>{spokenName(client)}</bdi>;
}
