/** What every answer carries, however its handler sends it. */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { SafeResponse } from '../../src/main/http/safe-response.ts';

async function answeredBy(handler: (response: ServerResponse) => void): Promise<Response> {
  const server = createServer({ ServerResponse: SafeResponse }, (_request, response) => handler(response));
  onTestFinished(() => void server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
}

const ALWAYS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
};
const headersOf = ({ headers }: Response) => Object.fromEntries(headers);

it.each<[string, (response: ServerResponse) => void]>([
  ['nothing but an end', (response) => response.end()],
  ['a body in parts', (response) => response.write('a') && response.end('b')],
  ['a status', (response) => response.writeHead(404).end()],
  ['headers all at once', (response) => response.writeHead(200, { vary: 'Origin' }).end()],
  ['a status in words, and headers', (response) => response.writeHead(200, 'Fine', { vary: 'Origin' }).end()],
  ['headers one by one', (response) => response.setHeader('vary', 'Origin').end()],
  [
    'headers one by one and then all at once',
    (response) => response.setHeader('vary', 'Origin').writeHead(200, {}).end(),
  ],
  ['headers as a list', (response) => response.writeHead(200, ['vary', 'Origin']).end()],
  [
    'headers sent ahead',
    (response) => {
      response.flushHeaders();
      response.end();
    },
  ],
])('comes with %s', async (_how, handler) => {
  expect(headersOf(await answeredBy(handler))).toMatchObject(ALWAYS);
});

it.each<[string, (response: ServerResponse) => void]>([
  ['all at once', (response) => response.writeHead(200, { 'referrer-policy': 'same-origin', vary: 'Origin' }).end()],
  ['one by one', (response) => response.setHeader('Referrer-Policy', 'same-origin').setHeader('vary', 'Origin').end()],
])('gives way to what a handler says itself (%s)', async (_how, handler) => {
  expect(headersOf(await answeredBy(handler))).toMatchObject({
    ...ALWAYS,
    'referrer-policy': 'same-origin',
    vary: 'Origin',
  });
});

it('keeps the status and its words', async () => {
  const answer = await answeredBy((response) => response.writeHead(418, 'Short and stout', { vary: '*' }).end());
  expect([answer.status, answer.statusText]).toEqual([418, 'Short and stout']);
});
