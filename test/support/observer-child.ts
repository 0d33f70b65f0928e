/**
 * `node observer-child.ts FOLDER`: connects to the port that the file `port` in the folder names, and prints whom it
 * sees at the other end and who it is itself. Run as another user.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { systemClock } from '../../src/main/core/clock.ts';
import { createProcessObserver } from '../../src/main/issuer/requesting-process.ts';

const [folder = ''] = process.argv.slice(2);
const socket = connect(Number(readFileSync(join(folder, 'port'), 'utf8')), '127.0.0.1');
await once(socket, 'connect');
const seen = await createProcessObserver({ clock: systemClock() }).observe(socket);
// The other side looks, too, and then sends something.
await once(socket, 'data');
socket.destroy();
console.log(JSON.stringify({ seen, pid: process.pid, uid: process.getuid?.() }));
