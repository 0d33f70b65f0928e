import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { bearerTokenOf } from '../../src/main/core/bearer-token.ts';

/** A request with these headers, as Node reads them. */
function request(...authorization: string[]): IncomingMessage {
  const rawHeaders = ['Host', '127.0.0.1', ...authorization.flatMap((value) => ['Authorization', value])];
  return { rawHeaders, headers: { authorization: authorization[0] } } as unknown as IncomingMessage;
}

describe('the token that a request brings', () => {
  it.each([
    ['Bearer abc.d_e-f~g+h/i==', 'abc.d_e-f~g+h/i=='],
    ['bearer abc', 'abc'],
    ['BEARER   abc', 'abc'],
  ])('is taken from %s', (header, token) => {
    expect(bearerTokenOf(request(header), '')).toEqual({ kind: 'token', token });
  });

  it.each([
    ['Bearer'],
    ['Bearer '],
    ['Bearer a b'],
    ['Bearer a,b'],
    ['Bearer "abc"'],
    ['Bearer abc=x'],
    ['Bearer ümlaut'],
    ['bearer: abc'],
  ])('cannot be %s', (header) => {
    expect(bearerTokenOf(request(header), '')).toEqual({ kind: 'malformed' });
  });

  it.each([['Basic YTpi'], ['Bearers abc'], ['abc'], ['']])('is not looked for in %s', (header) => {
    expect(bearerTokenOf(request(header), '')).toEqual({ kind: 'none' });
  });

  it('is none where no header is', () => {
    expect(bearerTokenOf(request(), 'org_id=7')).toEqual({ kind: 'none' });
  });

  it.each(['access_token=abc', 'org_id=7&access_token=', 'access%5Ftoken=abc', 'acces%73_token=abc'])(
    'is misplaced in the address (%s)',
    (search) => {
      expect(bearerTokenOf(request('Bearer abc'), search)).toEqual({ kind: 'misplaced' });
      expect(bearerTokenOf(request(), search)).toEqual({ kind: 'misplaced' });
    },
  );

  it('is misplaced where there are two', () => {
    expect(bearerTokenOf(request('Bearer abc', 'Bearer abc'), '')).toEqual({ kind: 'misplaced' });
    expect(bearerTokenOf(request('Basic YTpi', 'Bearer abc'), '')).toEqual({ kind: 'misplaced' });
  });

  it('may stand beside what only looks like one in the address', () => {
    const search = 'note=access_token&percent=%25';
    expect(bearerTokenOf(request('Bearer abc'), search)).toEqual({ kind: 'token', token: 'abc' });
  });
});
