import type { Kysely } from 'kysely';
import type { Adapter } from 'oidc-provider';
import type { ProcessView } from '../../shared/client-views.ts';
import type { Bus } from '../core/bus.ts';
import type { Clock } from '../core/clock.ts';
import type { Schema } from '../storage/schema.ts';

/** Between two looks at which program uses a client: looking takes longer than issuing a token. */
const LOOK_AGAIN_AFTER_MS = 60_000;
const MOST_NOTICED = 1_000;

/** The clients that are not in the configuration. */
export interface ClientStore {
  /** As the library wants to find those that registered. */
  readonly adapter: Adapter;
  /** Keeps what a client ID metadata document says, to show it; the document stays the truth. */
  noteDocument(clientId: string, metadata: object): Promise<void>;
  /**
   * `fetch` for such documents, which gives the kept one where the host cannot be asked: a client that the person has
   * let in must not lose its tokens because the network is gone for a while.
   */
  withKeptDocuments(fetch: typeof globalThis.fetch): typeof globalThis.fetch;
  /** Keeps which program was seen to use a client, now and then. */
  notice(clientId: string, observe: () => Promise<ProcessView | null>): Promise<void>;
}

export function createClientStore({ db, bus, clock }: { db: Kysely<Schema>; bus: Bus; clock: Clock }): ClientStore {
  const noticed = new Map<string, number>();

  const write = async (clientId: string, kind: 'dynamic' | 'metadata_document', metadata: object) => {
    const text = JSON.stringify(metadata);
    await db
      .insertInto('issuer_clients')
      .values({
        client_id: clientId,
        kind,
        metadata: text,
        process: null,
        registered_at: clock.now(),
        last_used_at: null,
      })
      .onConflict((conflict) => conflict.column('client_id').doUpdateSet({ metadata: text }))
      .execute();
    bus.emit('clients');
  };

  return {
    adapter: {
      async find(id) {
        const row = await db
          .selectFrom('issuer_clients')
          .select('metadata')
          .where('client_id', '=', id)
          .where('kind', '=', 'dynamic')
          .executeTakeFirst();
        return row === undefined ? undefined : JSON.parse(row.metadata);
      },
      upsert: (id, metadata) => write(id, 'dynamic', metadata),
      async destroy(id) {
        await db.deleteFrom('issuer_clients').where('client_id', '=', id).execute();
      },
      consume: () => unused('consume'),
      revokeByGrantId: () => unused('revokeByGrantId'),
      findByUid: () => unused('findByUid'),
      findByUserCode: () => unused('findByUserCode'),
    },

    noteDocument: (clientId, metadata) => write(clientId, 'metadata_document', metadata),

    withKeptDocuments: (fetch) => async (address, init) => {
      let failure: unknown;
      try {
        const answer = await fetch(address, init);
        if (answer.status < 500) return answer;
        failure = new Error(`The host answered ${answer.status}.`);
      } catch (error) {
        failure = error;
      }
      const kept = await db
        .selectFrom('issuer_clients')
        .innerJoin('issuer_grants', 'issuer_grants.client_id', 'issuer_clients.client_id')
        .select('metadata')
        .where('issuer_clients.client_id', '=', String(address))
        .where('kind', '=', 'metadata_document')
        .where('issuer_grants.expires_at', '>', clock.now())
        .executeTakeFirst();
      if (kept === undefined) throw failure;
      return new Response(kept.metadata, { headers: { 'content-type': 'application/json' } });
    },

    async notice(clientId, observe) {
      const last = noticed.get(clientId);
      if (last !== undefined && clock.monotonic() - last < LOOK_AGAIN_AFTER_MS) return;
      if (noticed.size >= MOST_NOTICED) noticed.delete(noticed.keys().next().value ?? '');
      noticed.set(clientId, clock.monotonic());
      const process = await observe();
      if (process === null) return;
      await db
        .updateTable('issuer_clients')
        .set({ process: JSON.stringify(process) })
        .where('client_id', '=', clientId)
        .execute();
    },
  };
}

function unused(what: string): Promise<never> {
  return Promise.reject(new Error(`The library asked a client for ${what}.`));
}
