import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { Answer, Question } from '../electron-host/driver-line.ts';
import { fromPageAddress, isPageAddress } from '../electron-host/page-address.ts';
import { APP_FOLDER, type DesktopHost, type Launch, type RunningHost } from './host.ts';
import type { Recorder } from './recorder.ts';
import { until } from './until.ts';

const RUN = join(APP_FOLDER, 'test/support/electron-host/run.ts');

/** The app on plain Node and Chromium: test/support/electron-host. */
export function standInHost(): DesktopHost {
  return {
    name: 'stand-in',
    start: async (launch) => drive(spawnApp(launch)),
    async runToEnd(launch) {
      const { exited, output } = watch(spawnApp(launch));
      return { code: await exited, output: output() };
    },
  };
}

function spawnApp({ args, env }: Launch): ChildProcess {
  return spawn(process.execPath, [RUN, APP_FOLDER, ...args], { env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
}

export function watch(child: ChildProcess): Pick<RunningHost, 'exited' | 'output'> {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
  }
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { exited, output: () => text };
}

function drive(child: ChildProcess): RunningHost {
  const { exited, output } = watch(child);
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let lastId = 0;
  let browser: Promise<Browser> | null = null;

  child.on('message', (answer: Answer) => {
    const asked = waiting.get(answer.id);
    waiting.delete(answer.id);
    if ('error' in answer) asked?.reject(new Error(answer.error));
    else asked?.resolve(answer.value);
  });
  void exited.then((code) => {
    for (const { reject } of waiting.values()) reject(new Error(`The app ended with ${code}.\n${output()}`));
    // The browser went with it.
    void browser?.then((one) => one.close()).catch(() => undefined);
  });

  const put = (question: Question['about']) => {
    if (child.exitCode !== null) throw new Error(`The app has ended with ${child.exitCode}.\n${output()}`);
    lastId += 1;
    const answer = Promise.withResolvers<unknown>();
    waiting.set(lastId, answer);
    child.send({ id: lastId, about: question } satisfies Question);
    return answer.promise;
  };

  const findPage = async (): Promise<Page | null> => {
    const endpoint = await put({ name: 'browserEndpoint', args: [] });
    if (typeof endpoint !== 'string') return null;
    // The app's own settings of the page stay as they are.
    browser ??= chromium.connectOverCDP(endpoint, { noDefaults: true });
    const pages = (await browser).contexts().flatMap((context) => context.pages());
    return pages.findLast((page) => isPageAddress(page.url())) ?? null;
  };

  return {
    pid: child.pid ?? 0,
    exited,
    output,
    page: () => until(findPage, 'the window shows its page'),
    addressOf: (page) => fromPageAddress(page.url()),
    ask: <N extends keyof Recorder>(name: N, ...args: Parameters<Recorder[N]>) =>
      put({ name, args }) as Promise<ReturnType<Recorder[N]>>,
    async kill() {
      // Not by a signal: the stand-in takes its browser along when it ends by itself. The answer is its end.
      if (child.connected) put({ name: 'end', args: [] }).catch(() => undefined);
      await exited;
    },
  };
}
