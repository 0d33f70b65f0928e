import { beforeEach, describe, expect, it } from 'vitest';
import { createOutages, type Outages } from '../../src/main/connections/outages.ts';
import { createBus } from '../../src/main/core/bus.ts';
import { AppError } from '../../src/main/core/errors.ts';
import type { NoticeView } from '../../src/shared/app-views.ts';
import { createManualClock, type ManualClock } from '../support/manual-clock.ts';

const SECOND = 1_000;
const OFFLINE = new AppError('offline', 'github.com cannot be reached.');

describe('an outage', () => {
  let clock: ManualClock;
  let outages: Outages;
  let notices: NoticeView[];
  let luck: number;
  beforeEach(() => {
    clock = createManualClock();
    notices = [];
    luck = 0.5;
    const bus = createBus((error) => {
      throw error;
    });
    bus.on('notice', (notice) => notices.push(notice));
    outages = createOutages({ clock, bus, random: () => luck });
  });

  const account = (id: string, host = 'github.com') => ({ id, host, login: id });
  /** How long the next try has to wait, in whole seconds. */
  const wait = async (id: string) => {
    let seconds = 0;
    for (; !outages.mayTry(id); seconds += 1) await clock.advance(SECOND);
    return seconds;
  };

  it('doubles the wait with each failure, up to a quarter of an hour', async () => {
    const waits = [];
    for (let attempt = 0; attempt < 8; attempt += 1) {
      outages.failed(account('a'), OFFLINE);
      waits.push(await wait('a'));
    }
    expect(waits).toEqual([30, 60, 120, 240, 480, 900, 900, 900]);
  });

  it('spreads each wait by a quarter either way', async () => {
    luck = 0;
    outages.failed(account('a'), OFFLINE);
    expect(await wait('a')).toBe(23);
    luck = 1;
    outages.failed(account('a'), OFFLINE);
    expect(await wait('a')).toBe(75);
  });

  it('does not wait on for a clock that was set back', () => {
    for (let attempt = 0; attempt < 8; attempt += 1) outages.failed(account('a'), OFFLINE);
    clock.jump(-3_600 * SECOND);
    expect(outages.mayTry('a')).toBe(true);
  });

  it('begins anew after a recovery', async () => {
    outages.failed(account('a'), OFFLINE);
    outages.failed(account('a'), OFFLINE);
    outages.recovered(account('a'));
    expect(outages.of('a')).toBeNull();
    outages.failed(account('a'), OFFLINE);
    expect(await wait('a')).toBe(30);
  });

  it('is told of once when it begins and once when the last account of the host is back', () => {
    outages.failed(account('a'), OFFLINE);
    outages.failed(account('b'), OFFLINE);
    outages.failed(account('a'), OFFLINE);
    expect(notices.map(({ kind }) => kind)).toEqual(['warning']);
    outages.recovered(account('a'));
    expect(notices).toHaveLength(1);
    outages.recovered(account('b'));
    outages.recovered(account('b'));
    expect(notices.map(({ kind }) => kind)).toEqual(['warning', 'success']);
  });

  it('of one host says nothing about another', () => {
    outages.failed(account('a'), OFFLINE);
    outages.failed(account('b', 'github.example.com'), OFFLINE);
    expect(notices).toHaveLength(2);
    expect(outages.of('c')).toBeNull();
  });

  it('that ends because the account goes is no recovery', () => {
    outages.failed(account('a'), OFFLINE);
    outages.forget('a');
    outages.recovered(account('a'));
    expect(notices.map(({ kind }) => kind)).toEqual(['warning']);
  });
});
