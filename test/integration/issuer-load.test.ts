import { randomInt } from 'node:crypto';
import { expect, it } from 'vitest';
import { serveAtOnce, surviveKills } from '../support/issuer-load.ts';

/** A share of what `npm run soak` does. */
const CLIENTS = 25;
const KILLS = 3;
const SEED = Number(process.env.TRACKEEP_SOAK_SEED ?? randomInt(2 ** 31));

it(`${CLIENTS} clients register, are approved, refresh and call a tool at once`, async () => {
  await expect(serveAtOnce({ clients: CLIENTS })).resolves.toBeUndefined();
}, 60_000);

it(`kills under load lose no client and no token (TRACKEEP_SOAK_SEED=${SEED})`, async () => {
  await expect(surviveKills({ clients: CLIENTS, kills: KILLS, seed: SEED })).resolves.toBeUndefined();
}, 120_000);
