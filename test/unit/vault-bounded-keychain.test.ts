import { beforeEach, describe, expect, it } from 'vitest';
import { type BoundedKeychain, boundedKeychain, NoAnswer } from '../../src/main/vault/bounded-keychain.ts';
import { createManualClock, type ManualClock } from '../support/manual-clock.ts';
import { type MemoryKeychain, memoryKeychain } from '../support/memory-keychain.ts';

const locked = expect.objectContaining({ code: 'vault_locked' });

describe('a keychain that waits for a person', () => {
  let clock: ManualClock;
  let silent: MemoryKeychain;
  let bounded: BoundedKeychain;
  let lateAnswers: number;
  beforeEach(() => {
    clock = createManualClock();
    silent = memoryKeychain(new Map([['one', 'secret']]));
    lateAnswers = 0;
    bounded = boundedKeychain(silent, {
      clock,
      onLateAnswer: () => {
        lateAnswers += 1;
      },
    });
    silent.become('silent');
  });

  it('is given up as locked after three seconds, not before', async () => {
    let outcome: unknown = 'waiting';
    bounded.read('one').catch((error: unknown) => {
      outcome = error;
    });
    await clock.advance(2_999);
    expect(outcome).toBe('waiting');
    await clock.advance(1);
    expect(outcome).toEqual(locked);
    expect(outcome).toHaveProperty('cause', expect.any(NoAnswer));
  });

  it('tells of an answer that came after all', async () => {
    const given = expect(bounded.read('one')).rejects.toEqual(locked);
    await clock.advance(3_000);
    await given;
    silent.become('open');
    await clock.settle();
    expect(lateAnswers).toBe(1);
  });

  it('tells nothing when the person said no', async () => {
    const given = expect(bounded.read('one')).rejects.toEqual(locked);
    await clock.advance(3_000);
    await given;
    silent.become('locked');
    await clock.settle();
    expect(lateAnswers).toBe(0);
  });

  it('never has more than three calls waiting behind it', async () => {
    let calls = 0;
    const counted = boundedKeychain(
      {
        ...silent,
        read() {
          calls += 1;
          return silent.read('one');
        },
      },
      { clock, onLateAnswer: () => {} },
    );
    for (let attempt = 0; attempt < 5; attempt++) {
      const given = expect(counted.read('one')).rejects.toEqual(locked);
      await clock.advance(3_000);
      await given;
    }
    expect(calls).toBe(3);
  });

  it('is asked again once a waiting call has ended', async () => {
    for (let attempt = 0; attempt < 3; attempt++) {
      const given = expect(bounded.read('one')).rejects.toEqual(locked);
      await clock.advance(3_000);
      await given;
    }
    silent.become('open');
    await clock.settle();
    expect(await bounded.read('one')).toBe('secret');
  });

  it('is known to hang until that call has ended, however it ends', async () => {
    expect(bounded.isHanging()).toBe(false);
    const given = expect(bounded.read('one')).rejects.toEqual(locked);
    await clock.advance(3_000);
    await given;
    expect(bounded.isHanging()).toBe(true);
    silent.become('denied');
    await clock.settle();
    expect(bounded.isHanging()).toBe(false);
  });
});

describe('a keychain that answers', () => {
  it('is passed through at once, its answers and its errors', async () => {
    const clock = createManualClock();
    const keychain = memoryKeychain(new Map([['one', 'secret']]));
    const bounded = boundedKeychain(keychain, { clock, onLateAnswer: () => expect.unreachable() });
    expect(await bounded.read('one')).toBe('secret');
    keychain.become('denied');
    await expect(bounded.write('one', 'other')).rejects.toEqual(expect.objectContaining({ code: 'vault_denied' }));
    expect(clock.waiting).toBe(0);
  });
});
