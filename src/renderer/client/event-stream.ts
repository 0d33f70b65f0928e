/** One message of an event stream. */
export interface StreamMessage {
  event: string;
  data: string;
}

/**
 * Reads `text/event-stream` text as it arrives (HTML Living Standard §9.2.6), as far as our own server uses it: the
 * fields `event` and `data`, and comments. The browser's EventSource cannot be used, since it sends no header and the
 * session needs one.
 *
 * @param onMessage is called for every complete message
 * @returns a function that takes the next piece of text, cut anywhere
 */
export function createStreamReader(onMessage: (message: StreamMessage) => void): (text: string) => void {
  let rest = '';
  let event = '';
  let data: string[] = [];

  const takeLine = (line: string) => {
    if (line === '') {
      if (data.length > 0) onMessage({ event: event || 'message', data: data.join('\n') });
      event = '';
      data = [];
      return;
    }
    const colon = line.indexOf(':');
    if (colon === 0) return;
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') event = value;
    if (field === 'data') data.push(value);
  };

  return (text) => {
    rest += text;
    // A carriage return at the very end may be the first half of CRLF: it waits for what follows.
    const complete = /\r\n|\n|\r(?!$)/g;
    let start = 0;
    for (let match = complete.exec(rest); match; match = complete.exec(rest)) {
      takeLine(rest.slice(start, match.index));
      start = complete.lastIndex;
    }
    rest = rest.slice(start);
  };
}
