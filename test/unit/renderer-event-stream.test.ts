import { describe, expect, it } from 'vitest';
import { createStreamReader, type StreamMessage } from '../../src/renderer/client/event-stream.ts';

function readAll(...pieces: string[]): StreamMessage[] {
  const messages: StreamMessage[] = [];
  const read = createStreamReader((message) => messages.push(message));
  for (const piece of pieces) read(piece);
  return messages;
}

describe('reading the event stream', () => {
  it('reads one message after another', () => {
    expect(readAll('event: status\ndata: {"a":1}\n\nevent: updates\ndata: {}\n\n')).toEqual([
      { event: 'status', data: '{"a":1}' },
      { event: 'updates', data: '{}' },
    ]);
  });

  it('reads the same messages wherever the network cuts them', () => {
    const text = 'event: status\r\ndata: {"a":\r\ndata: 1}\r\n\r\n: still here\n\nevent: flow\rdata: x\r\r\n';
    const whole = readAll(text);
    expect(whole).toEqual([
      { event: 'status', data: '{"a":\n1}' },
      { event: 'flow', data: 'x' },
    ]);
    for (let cut = 1; cut < text.length; cut += 1) {
      expect(readAll(text.slice(0, cut), text.slice(cut)), `cut at ${cut}`).toEqual(whole);
    }
    expect(readAll(...text)).toEqual(whole);
  });

  it('keeps an unfinished message back', () => {
    expect(readAll('event: status\ndata: {"a":1}\n')).toEqual([]);
  });

  it('passes over comments and fields it does not know', () => {
    expect(readAll(': hello\nid: 7\nretry: 10\nevent: status\ndata: {}\n\n')).toEqual([
      { event: 'status', data: '{}' },
    ]);
  });

  it('makes no message of a name without data', () => {
    expect(readAll('event: status\n\ndata: {}\n\n')).toEqual([{ event: 'message', data: '{}' }]);
  });
});
