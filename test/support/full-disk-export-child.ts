/**
 * `node full-disk-export-child.ts DISK`, on a disk of its own: exports a token into a file there, fills the disk, renews
 * the token, makes room again and waits. Prints what happened as JSON.
 */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openConnectionsLab, until } from './connections-lab.ts';
import { fillDisk } from './fill-disk.ts';
import { TEST_REQUESTER } from './requester.ts';

const [disk = ''] = process.argv.slice(2);
const path = join(disk, 'github.env');
const ballast = join(disk, 'ballast');
const lab = await openConnectionsLab({ background: true });
const { id } = await lab.connect();
const { exports } = lab.connections;
const problem = async () => (await exports.list())[0]?.problem ?? null;
const renewedToken = async () => {
  await lab.pass(1_000);
  await lab.connections.refresh(id);
  return (await lab.connections.token('github', undefined, TEST_REQUESTER)).token;
};

await exports.add({ connectionId: id, to: 'env_file', path });
const first = readFileSync(path, 'utf8');
fillDisk(ballast);
const token = await renewedToken();
await until(async () => (await problem()) !== null);
const full = { problem: await problem(), untouched: readFileSync(path, 'utf8') === first };
rmSync(ballast);
await lab.passUntil(async () => (await problem()) === null);
const healed = readFileSync(path, 'utf8').includes(token);
await lab.close();
console.log(JSON.stringify({ full, healed }));
