/**
 * Asks a server for one thing over and over and counts the answers. Raw sockets with a ready-made request and no parser
 * to speak of: an HTTP client in Node is slower than a server in Node and would measure itself.
 *
 *     node load.ts PORT SECONDS CONNECTIONS < request
 */
import { connect } from 'node:net';
import { buffer } from 'node:stream/consumers';

const [port = 0, seconds = 1, connections = 1] = process.argv.slice(2).map(Number);
const request = await buffer(process.stdin);
let answers = 0;
let counting = false;

function open(): void {
  const socket = connect(port, '127.0.0.1');
  socket.setNoDelay(true);
  let missing = 0;
  socket.on('connect', () => socket.write(request));
  socket.on('error', fail);
  socket.on('close', () => fail(new Error('The server closed a connection.')));
  socket.on('data', (chunk) => {
    missing = missing > 0 ? missing - chunk.length : bodyLength(chunk);
    if (missing > 0) return;
    missing = 0;
    if (counting) answers += 1;
    socket.write(request);
  });
}

/** How many bytes of the answer that begins with `chunk` are still to come. */
function bodyLength(chunk: Buffer): number {
  const end = chunk.indexOf('\r\n\r\n');
  const head = chunk.toString('latin1', 0, end);
  const length = /content-length: (\d+)/i.exec(head)?.[1];
  if (end < 0 || length === undefined || !head.startsWith('HTTP/1.1 200')) {
    fail(new Error(`An unexpected answer: ${head.slice(0, 300)}`));
  }
  return end + 4 + Number(length) - chunk.length;
}

function fail(error: Error): never {
  console.error(error.message);
  process.exit(1);
}

for (let index = 0; index < connections; index += 1) open();
// The first moments go to connections and to V8's compilers.
setTimeout(() => {
  counting = true;
  const started = performance.now();
  setTimeout(() => {
    console.log(answers / ((performance.now() - started) / 1000));
    process.exit(0);
  }, seconds * 1000);
}, 300);
