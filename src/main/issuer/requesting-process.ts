import { createReadStream } from 'node:fs';
import { readdir, readlink, stat } from 'node:fs/promises';
import { endianness } from 'node:os';
import { basename, resolve } from 'node:path';
import type { ProcessView } from '../../shared/client-views.ts';
import type { Clock } from '../core/clock.ts';

/** Who was seen at the other end of a connection. */
export interface ObservedProcess {
  /** The operating system's number of the user who made the connection. */
  uid: number;
  /** Null where it cannot be told: another user's process, one in a container, one that has let go of the socket. */
  program: Pick<ProcessView, 'pid' | 'name' | 'path'> | null;
}

/** The accepted side of a connection: a socket, or what one said of itself while it was open. */
export interface AcceptedSocket {
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
  readonly localAddress?: string | undefined;
  readonly localPort?: number | undefined;
}

export interface ProcessObserver {
  /**
   * Looks which process holds the other end of a connection on loopback. Never throws. It takes some ms, most of them
   * the kernel's, and none for a connection that was looked at within the last few seconds.
   *
   * The program is an observation and not a proof: a process can hand its socket to another or become another program,
   * pids are used again, and anyone can run somebody else's executable. A person may read it; no decision may rest on
   * it. The user is the one that the kernel keeps with the socket: whoever made it.
   *
   * @returns null where nothing is known: not on Linux, not on loopback, or the connection is over
   */
  observe(socket: AcceptedSocket): Promise<ObservedProcess | null>;
}

/** For how long the answer for one connection is given again. */
const KEPT_MS = 5_000;
/** A desktop's processes are looked through in a few ms; a machine with very many is left half seen. */
const LONGEST_SWEEP_MS = 100;
const MOST_REMEMBERED = 20_000;
const LONGEST_TABLE = 4_000_000;
/** Room for an interpreter's path and that of its script. */
const LONGEST_START = 8_192;

const INTERPRETER = /^(?:node|nodejs|bun|(?:python|pypy|ruby|perl|php)[\d.]*)$/;
/** What Node calls its first thread, and so itself, unless the program chose a title. */
const NAMELESS = 'MainThread';

/** Reads what the kernel tells under /proc: proc_pid_fd(5), proc_pid_net(5). */
export function createProcessObserver({
  clock,
  platform = process.platform,
}: {
  clock: Clock;
  platform?: NodeJS.Platform;
}): ProcessObserver {
  if (platform !== 'linux') return { observe: async () => null };
  const holderOf = createHolderSearch(clock);
  const look = async (socket: AcceptedSocket): Promise<ObservedProcess | null> => {
    const other = await findOtherEnd(socket);
    return other && { uid: other.uid, program: await programOf(other, holderOf).catch(() => null) };
  };
  // By the socket and not by its ports, which the next connection may have.
  const answers = new WeakMap<AcceptedSocket, { answer: Promise<ObservedProcess | null>; until: number }>();
  return {
    observe(socket) {
      const kept = answers.get(socket);
      if (kept && clock.monotonic() < kept.until) return kept.answer;
      const answer = look(socket).catch(() => null);
      answers.set(socket, { answer, until: clock.monotonic() + KEPT_MS });
      return answer;
    },
  };
}

interface OtherEnd {
  /** Counted up by the kernel, so that none comes again soon. */
  inode: string;
  uid: number;
}

/** The row of the connection as its other end has it: what is remote to us is local there. */
async function findOtherEnd(socket: AcceptedSocket): Promise<OtherEnd | null> {
  const { remotePort, localPort } = socket;
  const theirs = loopbackBytes(socket.remoteAddress);
  const ours = loopbackBytes(socket.localAddress);
  if (!theirs || !ours || remotePort === undefined || localPort === undefined) return null;
  for (const [table, length] of [
    ['/proc/net/tcp', 4],
    ['/proc/net/tcp6', 16],
  ] as const) {
    if (theirs.length > length || ours.length > length) continue;
    const ends = `${inTable(theirs, length)}:${hex(remotePort, 2)} ${inTable(ours, length)}:${hex(localPort, 2)}`;
    // State, queues, timer, retransmissions; then uid, timeout and inode. A socket that nobody holds any more has 0.
    const row = new RegExp(`: ${ends} \\S+ \\S+ \\S+ \\S+ +(\\d+) +\\d+ ([1-9]\\d*) `);
    const found = row.exec(await readStart(table, LONGEST_TABLE).catch(() => ''));
    if (found) return { uid: Number(found[1]), inode: found[2] as string };
  }
  return null;
}

/** @returns 4 bytes, also for an IPv4 address in IPv6 form; 16 for ::1; null for what is not loopback */
function loopbackBytes(address: string | undefined): number[] | null {
  if (address === '::1') return [...Array<number>(15).fill(0), 1];
  const ipv4 = /^(?:::ffff:)?(127\.\d+\.\d+\.\d+)$/.exec(address ?? '')?.[1];
  return ipv4?.split('.').map(Number) ?? null;
}

/** An address as the tables write it: 32-bit words, each in the byte order of the machine. */
function inTable(bytes: readonly number[], length: 4 | 16): string {
  const whole = length === bytes.length ? bytes : [...Array<number>(10).fill(0), 0xff, 0xff, ...bytes];
  let text = '';
  for (let at = 0; at < length; at += 4) {
    const word = whole.slice(at, at + 4);
    for (const byte of endianness() === 'LE' ? word.reverse() : word) text += hex(byte, 1);
  }
  return text;
}

function hex(value: number, bytes: number): string {
  return value
    .toString(16)
    .toUpperCase()
    .padStart(2 * bytes, '0');
}

/** One open file of one process: the link, and whose it is. */
interface Holder {
  pid: string;
  link: string;
}

type HolderSearch = (inode: string) => Promise<Holder | null>;

async function programOf({ inode, uid }: OtherEnd, holderOf: HolderSearch): Promise<ObservedProcess['program']> {
  const us = process.geteuid?.();
  if (us !== 0 && us !== uid) return null;
  const holder = await holderOf(inode);
  if (holder === null) return null;
  const program = await describe(holder.pid).catch(() => null);
  // Looked at last: it still holds the socket, so what was read in between was about the same process.
  return (await holds(holder, inode)) ? program : null;
}

/**
 * Finds holders by going through the open files of all processes that we may read, those started last first, and
 * remembers every socket on the way: clients come in bursts, and keep their connections. What is asked while a sweep is
 * under way shares it.
 */
function createHolderSearch(clock: Clock): HolderSearch {
  const known = new Map<string, Holder>();
  const wanted = new Set<string>();
  let underWay: Promise<void> | null = null;

  const sweep = async () => {
    if (known.size > MOST_REMEMBERED) known.clear();
    const end = clock.monotonic() + LONGEST_SWEEP_MS;
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
    for (const pid of pids.sort((a, b) => Number(b) - Number(a))) {
      for (const [inode, holder] of await socketsOf(pid)) {
        known.set(inode, holder);
        wanted.delete(inode);
      }
      if (wanted.size === 0 || clock.monotonic() > end) return;
    }
  };
  const joinSweep = () => {
    underWay ??= sweep().finally(() => {
      underWay = null;
    });
    return underWay;
  };

  return async (inode) => {
    const remembered = known.get(inode);
    if (remembered && (await holds(remembered, inode))) return remembered;
    known.delete(inode);
    wanted.add(inode);
    try {
      // One that is under way may have passed the process before it had the socket.
      if (underWay !== null) await joinSweep();
      if (!known.has(inode)) await joinSweep();
      return known.get(inode) ?? null;
    } finally {
      wanted.delete(inode);
    }
  };
}

async function socketsOf(pid: string): Promise<[inode: string, holder: Holder][]> {
  const folder = `/proc/${pid}/fd`;
  const names = await readdir(folder).catch(() => []);
  const found = await Promise.all(
    names.map(async (name): Promise<[string, Holder][]> => {
      const link = `${folder}/${name}`;
      const inode = /^socket:\[(\d+)\]$/.exec((await targetOf(link)) ?? '')?.[1];
      return inode === undefined ? [] : [[inode, { pid, link }]];
    }),
  );
  return found.flat();
}

async function holds({ link }: Holder, inode: string): Promise<boolean> {
  return (await targetOf(link)) === `socket:[${inode}]`;
}

function targetOf(link: string): Promise<string | null> {
  return readlink(link).catch(() => null);
}

async function describe(pid: string): Promise<ObservedProcess['program']> {
  const folder = `/proc/${pid}`;
  const [title, path] = await Promise.all([readStart(`${folder}/comm`, 64), targetOf(`${folder}/exe`)]);
  const executable = basename(path?.replace(/ \(deleted\)$/, '') ?? '');
  const script = INTERPRETER.test(executable) ? await scriptOf(folder) : null;
  const chosen = title.trimEnd();
  return { pid: Number(pid), name: script ?? (chosen === NAMELESS ? executable : chosen), path };
}

/**
 * The script that an interpreter was started with: its first argument, if that is a file. Nothing else of a command
 * line is ever looked at: people put secrets there.
 */
async function scriptOf(folder: string): Promise<string | null> {
  const [, first, behind] = (await readStart(`${folder}/cmdline`, LONGEST_START)).split('\0');
  // Without something behind it, it may have been cut off.
  if (!first || first.startsWith('-') || behind === undefined) return null;
  const path = resolve((await targetOf(`${folder}/cwd`)) ?? '/', first);
  const file = await stat(path).catch(() => null);
  return file?.isFile() ? path : null;
}

/** The kernel makes these files while they are read, and tells no size beforehand. */
async function readStart(path: string, mostBytes: number): Promise<string> {
  let text = '';
  for await (const piece of createReadStream(path, { encoding: 'utf8', end: mostBytes - 1 })) text += piece;
  return text;
}
