import { randomInt } from 'node:crypto';
import { expect, it } from 'vitest';
import { serveAtOnce, surviveKills } from '../support/issuer-load.ts';

const CLIENTS = 50;
const KILLS = 50;
/** Another one each time, so that many runs see many instants; TRACKEEP_SOAK_SEED repeats a run. */
const SEED = Number(process.env.TRACKEEP_SOAK_SEED ?? randomInt(2 ** 31));

it(`${CLIENTS} clients register, are approved, refresh twice and call a tool at once`, async () => {
  await expect(serveAtOnce({ clients: CLIENTS })).resolves.toBeUndefined();
}, 120_000);

it(`${KILLS} kills under the load of ${CLIENTS} clients lose nothing (TRACKEEP_SOAK_SEED=${SEED})`, async () => {
  await expect(surviveKills({ clients: CLIENTS, kills: KILLS, seed: SEED })).resolves.toBeUndefined();
}, 900_000);
