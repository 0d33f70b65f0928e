import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLineReader, MOST_LINE_BYTES } from '../../src/main/http/json-lines.ts';

function collect() {
  const values: unknown[] = [];
  let broken = 0;
  const read = createLineReader(
    (value) => values.push(value),
    () => {
      broken += 1;
    },
  );
  return { read, values, broken: () => broken };
}

describe('a stream of JSON lines', () => {
  it('reads the same values wherever it is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.infiniteStream(fc.integer({ min: 1, max: 9 })), (sent, sizes) => {
        const bytes = Buffer.from(sent.map((value) => `${JSON.stringify(value)}\n`).join(''));
        const { read, values } = collect();
        for (let at = 0; at < bytes.length; ) {
          const size: number = sizes.next().value;
          read(bytes.subarray(at, at + size));
          at += size;
        }
        expect(values.map((value) => JSON.stringify(value))).toEqual(sent.map((value) => JSON.stringify(value)));
      }),
    );
  });

  it('gives up on a line that never ends, without keeping it', () => {
    const { read, values, broken } = collect();
    for (let sent = 0; sent <= MOST_LINE_BYTES; sent += 65_536) read(Buffer.alloc(65_536, 0x20));
    expect(broken()).toBe(1);
    read(Buffer.from('\n{"late":true}\n'));
    expect(broken()).toBe(1);
    expect(values).toEqual([]);
  });

  it('reads nothing after a line that is not JSON', () => {
    const { read, values, broken } = collect();
    read(Buffer.from('{"a":1}\nGET / HTTP/1.1\n{"b":2}\n'));
    expect(values).toEqual([{ a: 1 }]);
    expect(broken()).toBe(1);
  });
});
