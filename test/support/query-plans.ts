import { CompiledQuery, type Kysely, type KyselyPlugin } from 'kysely';
import type { Schema } from '../../src/main/storage/schema.ts';

/** How SQLite goes about every query that is asked through `db` (https://sqlite.org/eqp.html). */
export interface WatchedDatabase {
  db: Kysely<Schema>;
  /** The plans of what `ask` asked, a line for each step. */
  plansOf(ask: () => Promise<unknown>): Promise<string[]>;
}

export function watchPlans(plain: Kysely<Schema>): WatchedDatabase {
  let asked: CompiledQuery[] = [];
  const plugin: KyselyPlugin = {
    transformQuery({ node, queryId }) {
      asked.push(plain.getExecutor().compileQuery(node, queryId));
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  return {
    db: plain.withPlugin(plugin),
    async plansOf(ask) {
      asked = [];
      await ask();
      const plans: string[] = [];
      for (const { sql, parameters } of asked) {
        const query = CompiledQuery.raw(`explain query plan ${sql}`, [...parameters]);
        const { rows } = await plain.executeQuery<{ detail: string }>(query);
        plans.push(...rows.map(({ detail }) => detail));
      }
      return plans;
    },
  };
}
