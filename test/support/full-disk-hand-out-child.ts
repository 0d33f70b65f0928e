/**
 * `node full-disk-hand-out-child.ts DISK`, on a disk of its own: connects an account, fills the disk, asks for tokens,
 * makes room again and goes on. Prints what happened as JSON.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fillDisk } from './fill-disk.ts';
import { outcomeOf } from './outcome.ts';
import { TEST_REQUESTER } from './requester.ts';

const [disk = ''] = process.argv.slice(2);
// Where the lab makes its data folder.
process.env.TMPDIR = disk;
const { openConnectionsLab } = await import('./connections-lab.ts');
const lab = await openConnectionsLab();
await lab.connect();

let handedOut = 0;
const handOut = async () => {
  await lab.connections.token('github', 'octocat', TEST_REQUESTER);
  handedOut += 1;
};
const before = await outcomeOf(handOut);
const ballast = join(disk, 'ballast');
fillDisk(ballast);
// The write-ahead log has some room of its own.
let full = await outcomeOf(handOut);
for (let times = 0; times < 2_000 && full === 'fine'; times += 1) full = await outcomeOf(handOut);
const again = await outcomeOf(handOut);
rmSync(ballast);
const afterwards = await outcomeOf(handOut);
const rows = (await lab.db.selectFrom('audit').select('number').execute()).length;
const verdict = (await lab.connections.audit.check())[0]?.verdict;
await lab.close();
console.log(JSON.stringify({ before, full, again, afterwards, handedOut, rows, verdict }));
