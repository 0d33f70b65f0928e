/**
 * Asks a server for the same things over and over, counts the answers and times each. Raw sockets with ready-made requests
 * and no parser to speak of: an HTTP client in Node is slower than a server in Node and would measure itself.
 *
 *     node load.ts PORT SECONDS CONNECTIONS < JSON of the requests, an array of texts; prints JSON of a LoadReport
 *
 * The requests go round: each waits until the others have had their turn. One with a refresh token in it comes back with
 * the token's successor, so the round after can go on with what this one prints.
 */
import { connect } from 'node:net';
import { json } from 'node:stream/consumers';

export interface LoadReport {
  /** Answers a second. */
  rate: number;
  /** Of the times from the request to the last byte of its answer, ms. */
  p50: number;
  p99: number;
  /** What to ask next. */
  requests: string[];
}

/** The first moments go to connections and to V8's compilers. */
const WARM_UP_MS = 300;
const REFRESH_TOKEN = /(?<=\brefresh_token=)[^&\s]+/;

const [port = 0, seconds = 1, connections = 1] = process.argv.slice(2).map(Number);
const waiting = (await json(process.stdin)) as string[];
const times: number[] = [];
let counting = false;
let ending = false;
let busy = 0;
let measuredMs = 0;

function open(): void {
  const socket = connect(port, '127.0.0.1');
  socket.setNoDelay(true);
  let request = '';
  let sentAt = 0;
  let answer = '';

  const send = () => {
    const next = ending ? undefined : waiting.shift();
    if (next === undefined) return;
    busy += 1;
    request = next;
    answer = '';
    sentAt = performance.now();
    socket.write(request);
  };
  socket.on('connect', send);
  socket.on('error', fail);
  socket.on('close', () => fail(new Error('The server closed a connection.')));
  socket.on('data', (chunk) => {
    answer += chunk.toString('latin1');
    const body = wholeBody(answer);
    if (body === null) return;
    if (counting) times.push(performance.now() - sentAt);
    waiting.push(renewed(request, body));
    busy -= 1;
    send();
    if (ending && busy === 0) finish();
  });
}

/** @returns the body as it came, chunks and all; null while some of it is missing */
function wholeBody(answer: string): string | null {
  const end = answer.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const head = answer.slice(0, end);
  if (!head.startsWith('HTTP/1.1 200')) fail(new Error(`An unexpected answer: ${answer.slice(0, 600)}`));
  const body = answer.slice(end + 4);
  const length = /content-length: (\d+)/i.exec(head)?.[1];
  const whole = length === undefined ? body.endsWith('0\r\n\r\n') : body.length >= Number(length);
  return whole ? body : null;
}

function renewed(request: string, body: string): string {
  if (!REFRESH_TOKEN.test(request)) return request;
  const successor = /"refresh_token":"([^"]+)"/.exec(body)?.[1] ?? '';
  const next = request.replace(REFRESH_TOKEN, successor);
  // The length of the body stands in the head.
  if (next.length !== request.length) fail(new Error(`There is no successor in: ${body}`));
  return next;
}

function fail(error: Error): never {
  console.error(error.message);
  process.exit(1);
}

function finish(): void {
  times.sort((a, b) => a - b);
  const quantile = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  const report: LoadReport = {
    rate: times.length / (measuredMs / 1000),
    p50: quantile(0.5),
    p99: quantile(0.99),
    requests: waiting,
  };
  // Not `console.log`, which may leave half of it in the pipe when the process ends.
  process.stdout.write(JSON.stringify(report), () => process.exit(0));
}

for (let index = 0; index < connections; index += 1) open();
setTimeout(() => {
  counting = true;
  const started = performance.now();
  setTimeout(() => {
    counting = false;
    ending = true;
    measuredMs = performance.now() - started;
  }, seconds * 1000);
}, WARM_UP_MS);
