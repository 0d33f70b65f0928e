import type { Command } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { openInBrowser } from '../open-in-browser.ts';

export const open: Command = {
  name: 'open',
  summary: 'Show the window, or make a link into the web UI',
  description: [
    'Brings the window of the desktop app to the front. Of the headless app, prints a link that logs in one browser on this machine, once, within five minutes.',
  ],
  options: [{ name: 'no-open', text: 'Open no browser, only print the link.' }],
  examples: ['trackeep open'],

  async run({ call, has, json, terminal }) {
    const { url } = await call('app.open', {});
    if (json) terminal.json({ url });
    else if (url === null) terminal.print('The window is in front now.');
    else {
      terminal.print(url);
      if (terminal.interactive && !has('no-open')) await openInBrowser(url, process.env);
    }
    return EXIT.fine;
  },
};
