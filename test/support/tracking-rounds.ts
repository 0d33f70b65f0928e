import { createHmac } from 'node:crypto';
import { expect } from 'vitest';
import { hasCode } from '../../src/main/core/errors.ts';
import type { WebhookDelivery } from '../../src/main/demo/tracked/deliveries.ts';
import { pick, seededRandom } from './seeded-random.ts';
import { generateAccount, randomChange, truth } from './tracked-account.ts';
import { storedTruth } from './tracked-database.ts';
import { openTrackingLab, type TrackingLab } from './tracking-lab.ts';

const SECRET = 'a secret of the webhooks of this test';
/** Long enough for the next listing, which sees what every look has missed. */
const AFTERWARDS_MS = 2 * 3_600_000;
/** After so many it has not become current, and will not. */
const LOOKS = 200;

/**
 * Changes things in a GitHub at random while they are tracked, delivers webhooks of some of it, late, twice or in another
 * order, and lets time pass in between. In the end the database must hold what is true there.
 *
 * @param options.seed the same seed, the same story
 * @throws AssertionError that tells the story
 */
export async function followChanges({ seed, changes }: { seed: number; changes: number }): Promise<void> {
  const random = seededRandom(seed);
  const lab = await openTrackingLab({
    world: (clock) => generateAccount({ seed, repositories: 12, commits: 300, clock }),
  });
  const story: string[] = [`seed ${seed}`];
  const late: WebhookDelivery[] = [];
  try {
    await lab.tracking.setWebhookSecret(SECRET);
    await lab.current();
    for (let change = 1; change <= changes; change += 1) {
      await lab.pass(1_000 + Math.floor(random() ** 4 * 1_800_000));
      story.push(randomChange(lab.world, random));
      await deliverSome(lab, random, late);
      if (random() < 0.05) {
        story.push('the person refreshes');
        await lab.tracking.refresh();
      }
      if (random() < 0.1) await check(lab, story);
    }
    await check(lab, story);
  } finally {
    await lab.close();
  }
}

async function check(lab: TrackingLab, story: readonly string[]): Promise<void> {
  await lab.pass(AFTERWARDS_MS);
  let looks = 0;
  await lab.passUntil(async () => {
    const account = await lab.account();
    looks += 1;
    if (looks === LOOKS)
      expect(account, [...story, ...lab.log.slice(-20)].join('\n')).toMatchObject({ state: 'current' });
    return account.state === 'current';
  });
  const expected = truth(lab.world, 'octocat', lab.settings.get().tracking.choice);
  const failures = lab.log.filter((line) => /could not be read|failed|pauses/.test(line)).slice(-5);
  expect(await storedTruth(lab.db), [...story, ...failures].join('\n')).toEqual(expected);
}

/** Some are dropped, some come twice, some much later, all in any order. */
async function deliverSome(lab: TrackingLab, random: () => number, late: WebhookDelivery[]): Promise<void> {
  const now = late.splice(0);
  for (const delivery of lab.github.deliveries.pending()) {
    const fate = random();
    lab.github.deliveries.drop(delivery);
    if (fate < 0.3) continue;
    if (fate < 0.5) late.push(delivery);
    else now.push(delivery);
    if (fate > 0.9) now.push(delivery);
  }
  while (now.length > 0) {
    const delivery = pick(random, now);
    now.splice(now.indexOf(delivery), 1);
    await deliver(lab, delivery);
  }
}

async function deliver({ tracking }: TrackingLab, { id, event, body }: WebhookDelivery): Promise<void> {
  const signature = `sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`;
  await tracking.deliver({ id, event, signature, body: Buffer.from(body) }).catch((error: unknown) => {
    if (!hasCode(error, 'bad_input')) throw error;
  });
}
