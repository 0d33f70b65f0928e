/** A process that tracks what a GitHub has until it is killed, for `tracking-kills.ts`. Says so whenever all is current. */
import { openTrackingRooms } from './tracking-rooms.ts';

const [dataDir = '', github = ''] = process.argv.slice(2);
const { bus, tracking } = await openTrackingRooms(dataDir, github, (error) => process.send?.({ error: String(error) }));

bus.on('tracking', () => {
  void tracking.view().then(({ accounts }) => {
    const [account] = accounts;
    process.send?.({ state: account?.state, synced: account?.synced, problem: account?.problem?.message });
  });
});
await tracking.start();
// Its timers alone do not keep it alive.
process.on('message', () => undefined);
