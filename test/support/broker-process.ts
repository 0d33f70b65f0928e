import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Platform } from '../../src/shared/connection-views.ts';
import type { BrokerTask } from './broker-rooms.ts';

/** The callers ask for the accounts in turn. */
export type BrokerQuestion = { callers: number; platform: Platform; accounts: string[] } | 'end';
/** `asked`: that many callers wait now. `got`: a token, or the code of an error, for each. */
export type BrokerAnswer = { asked: number } | { got: string[] };

/** A process of its own with the connections room on a data folder that others use, too. */
export interface BrokerProcess {
  /** Lets `callers` ask for tokens of the accounts at once; resolves when they all wait. */
  ask(callers: number, account?: string | string[], platform?: Platform): Promise<void>;
  /** What they got. */
  answers(): Promise<string[]>;
  kill(): Promise<void>;
  end(): Promise<void>;
}

export async function startBrokerProcess(task: BrokerTask): Promise<BrokerProcess> {
  const child: ChildProcess = fork(join(import.meta.dirname, 'broker-child.ts'), [JSON.stringify(task)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit');
  const told: BrokerAnswer[] = [];
  let wake = () => {};
  child.on('message', (answer: BrokerAnswer) => {
    told.push(answer);
    wake();
  });
  const next = async (): Promise<BrokerAnswer> => {
    for (;;) {
      const answer = told.shift();
      if (answer !== undefined) return answer;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  await next();
  return {
    async ask(callers, account = 'octocat', platform = 'github') {
      child.send({ callers, platform, accounts: [account].flat() } satisfies BrokerQuestion);
      await next();
    },
    async answers() {
      const answer = await next();
      return 'got' in answer ? answer.got : [];
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
    async end() {
      child.send('end' satisfies BrokerQuestion);
      await exited;
    },
  };
}
