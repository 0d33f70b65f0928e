import { expect, it, onTestFinished } from 'vitest';
import { compiledOnce } from '../../src/main/storage/compiled-once.ts';
import { openDatabase } from '../../src/main/storage/database.ts';
import { createQuietLogger } from '../support/quiet-logger.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

it('asks one text with other values each time, wherever in it they stand', async () => {
  const { db, close } = await openDatabase({ dataDir: temporaryFolder(), logger: createQuietLogger() });
  onTestFinished(close);
  let built = 0;
  const insertion = compiledOnce((row: { name: string; value: string }) =>
    db.insertInto('issuer_secrets').values({ sealed_value: row.value, name: row.name }),
  );
  const query = compiledOnce((wanted: { name: string; other: string }) => {
    built += 1;
    return db
      .selectFrom('issuer_secrets')
      .select(['name', 'sealed_value'])
      .where('name', '!=', wanted.other)
      .where(({ or, eb }) => or([eb('name', '=', wanted.name), eb('sealed_value', '=', wanted.name)]))
      .where('name', '!=', 'fixed');
  });
  for (const name of ['a', 'b', 'fixed']) await db.executeQuery(insertion({ name, value: `of ${name}` }));

  const asked = async (values: { name: string; other: string }) => (await db.executeQuery(query(values))).rows;
  expect(await asked({ name: 'a', other: 'b' })).toEqual([{ name: 'a', sealed_value: 'of a' }]);
  expect(await asked({ name: 'of b', other: 'a' })).toEqual([{ name: 'b', sealed_value: 'of b' }]);
  expect(await asked({ name: 'b', other: 'b' })).toEqual([]);
  expect(await asked({ name: 'fixed', other: 'b' })).toEqual([]);
  expect(built).toBe(1);
});
