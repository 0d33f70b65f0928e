import { expect } from 'vitest';
import { hasCode } from '../../src/main/core/errors.ts';
import { startEmulatedGitHub } from '../../src/main/demo/emulated-github.ts';
import { connectAccount, expireTokens, openBrokerRooms } from './broker-rooms.ts';
import { TEST_REQUESTER } from './requester.ts';
import { seededRandom } from './seeded-random.ts';
import { temporaryFolder } from './temporary-folder.ts';

const CALLERS = 4;
/** The longest head start, in turns of the event loop: about what a refresh with all its steps takes. */
const MOST_TURNS = 60;

/**
 * Disconnects an account while others ask for its token, which half of the time has to be renewed first.
 *
 * @throws AssertionError when a token is handed out after the disconnect, or stays alive at GitHub
 */
export async function raceDisconnects({ rounds, seed }: { rounds: number; seed: number }): Promise<void> {
  const random = seededRandom(seed);
  const github = await startEmulatedGitHub({ releases: [] });
  const rooms = await openBrokerRooms({ dataDir: temporaryFolder(), github: github.url });
  const { connections, db } = rooms;
  const turns = async () => {
    for (let left = Math.floor(random() * MOST_TURNS); left > 0; left -= 1) await new Promise(setImmediate);
  };
  const checked = new Set<string>();
  try {
    for (let round = 1; round <= rounds; round += 1) {
      const story = `round ${round} of seed ${seed}`;
      await connectAccount(rooms);
      const [account] = await connections.list();
      if (random() < 0.5) await expireTokens(db);
      let disconnected = false;
      const late: string[] = [];
      const caller = async () => {
        await turns();
        try {
          const { token } = await connections.token('github', undefined, TEST_REQUESTER);
          if (disconnected) late.push(token);
        } catch (error) {
          if (!hasCode(error, 'not_connected')) throw error;
        }
      };
      const disconnecting = turns().then(async () => {
        await connections.disconnect(account?.id ?? '');
        disconnected = true;
      });
      await Promise.all([disconnecting, ...Array.from({ length: CALLERS }, caller)]);

      expect(late, story).toEqual([]);
      expect(await connections.list(), story).toEqual([]);
      const issued = github.secrets().filter((secret) => secret.startsWith('ghu_') && !checked.has(secret));
      expect(issued.length, story).toBeGreaterThan(0);
      for (const token of issued) {
        checked.add(token);
        const answer = await fetch(`${github.apiUrl}/user`, { headers: { authorization: `Bearer ${token}` } });
        expect(answer.status, `${story}: a token is alive`).toBe(401);
      }
    }
    expect(await connections.audit.check()).toMatchObject([{ verdict: 'safe' }]);
  } finally {
    await rooms.close();
    await github.close();
  }
}
