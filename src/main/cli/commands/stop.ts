import type { Command } from '../command.ts';
import { EXIT } from '../exit-codes.ts';

export const stop: Command = {
  name: 'stop',
  summary: 'End the running app',
  description: ['Ends the running app in good order: what is under way is finished or can go on at the next start.'],
  examples: ['trackeep stop'],

  async run({ app, call, json, terminal }) {
    const connection = await app();
    await call('app.quit', {});
    await connection.closed;
    if (json) terminal.json({});
    else terminal.print('Trackeep Tray is stopping.');
    return EXIT.fine;
  },
};
