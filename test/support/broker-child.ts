/** A process with the connections room, for `broker-process.ts`. */
import { toAppError } from '../../src/main/core/errors.ts';
import type { BrokerAnswer, BrokerQuestion } from './broker-process.ts';
import { openBrokerRooms } from './broker-rooms.ts';
import { TEST_REQUESTER } from './requester.ts';

const { connections, close } = await openBrokerRooms(JSON.parse(process.argv[2] ?? ''));

const tell = (answer: BrokerAnswer) => process.send?.(answer);

process.on('message', async (question: BrokerQuestion) => {
  if (question === 'end') {
    await close();
    process.disconnect();
    return;
  }
  const { callers, platform, accounts } = question;
  const asked = Array.from({ length: callers }, (_, caller) =>
    connections.token(platform, accounts[caller % accounts.length], TEST_REQUESTER).then(
      ({ token }) => token,
      (error: unknown) => toAppError(error).code,
    ),
  );
  tell({ asked: callers });
  tell({ got: await Promise.all(asked) });
});
tell({ asked: 0 });
