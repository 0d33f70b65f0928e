import { describe, expect, it } from 'vitest';
import { approvalEnd, REMEMBER } from '../../src/renderer/words/approvals.ts';
import { inOrder, placeOfHost, remembered, spokenName } from '../../src/renderer/words/clients.ts';
import { CLIENT, GRANT } from '../support/sample-views.ts';

const NOW = Date.parse('2026-11-20T12:00:00Z');
const at = (offsetMs: number) => new Date(NOW + offsetMs).toISOString();
const HOUR = 3_600_000;

describe('the name that a program gives itself', () => {
  it('stands in quotation marks, since it is a claim', () => {
    expect(spokenName({ kind: 'dynamic', name: 'Claude Code' })).toBe('“Claude Code”');
    expect(spokenName({ kind: 'metadata_document', name: 'Claude Code' })).toBe('“Claude Code”');
  });

  it('stands without them where the name is ours or the person’s', () => {
    expect(spokenName({ kind: 'built_in', name: 'Trackeep command' })).toBe('Trackeep command');
  });

  it('may be missing', () => {
    expect(spokenName({ kind: 'dynamic', name: null })).toBe('A program without a name');
    expect(spokenName({ kind: 'dynamic', name: ' \u200b\n ' })).toBe('A program without a name');
  });
});

describe('the place that an answer goes to', () => {
  it.each([
    ['127.0.0.1:33418', '127.0.0.1:33418, on this machine'],
    ['[::1]:80', '[::1]:80, on this machine'],
    ['localhost', 'localhost, on this machine'],
    ['127.0.0.1.example.com', '127.0.0.1.example.com'],
    ['mcp.example.com', 'mcp.example.com'],
    ['cursor:', 'the program that opens cursor: links on this machine'],
  ])('%s reads "%s"', (host, words) => {
    expect(placeOfHost(host)).toBe(words);
  });
});

it('scopes are shown in the same order whatever order they were asked for in', () => {
  expect(inOrder(['token:github', 'openid', 'updates:read'])).toEqual(['openid', 'updates:read', 'token:github']);
});

it('an approval is remembered only where the person says so', () => {
  expect(REMEMBER[0]).toEqual({ label: 'Only this once', ms: null });
});

it('remembered answers are those that still hold, the one that ends first at the top', () => {
  const grant = (id: string, rememberedUntil: string | null) => ({ ...GRANT, id, rememberedUntil });
  const clients = [
    { ...CLIENT, id: 'a', grants: [grant('later', at(9 * HOUR)), grant('over', at(-1)), grant('never', null)] },
    { ...CLIENT, id: 'b', grants: [grant('soon', at(HOUR))] },
  ];
  expect(remembered(clients, NOW).map(({ client, grant: { id } }) => `${client.id} ${id}`)).toEqual([
    'b soon',
    'a later',
  ]);
});

describe('the end of an approval', () => {
  const waiting = { answered: null, refused: null, lastTry: false, waits: true, leftMs: 200_000 } as const;

  it('has not come while it waits, nor after a first wrong number', () => {
    expect(approvalEnd(waiting)).toBeNull();
    expect(approvalEnd({ ...waiting, refused: 'number_wrong' })).toBeNull();
    expect(approvalEnd({ ...waiting, refused: 'internal' })).toBeNull();
  });

  it('is what the answer brought, even where the list dropped it first', () => {
    expect(approvalEnd({ ...waiting, answered: 'approved', waits: false })).toBe('approved');
    expect(approvalEnd({ ...waiting, answered: 'denied', waits: false })).toBe('denied');
  });

  it('is the second wrong number', () => {
    expect(approvalEnd({ ...waiting, refused: 'number_wrong', lastTry: true, waits: false })).toBe('numbers_wrong');
  });

  it('is the time, whether this page or the app notices first', () => {
    expect(approvalEnd({ ...waiting, leftMs: 0 })).toBe('expired');
    expect(approvalEnd({ ...waiting, waits: false, leftMs: 800 })).toBe('expired');
  });

  it('came from elsewhere where the list dropped it, or the app says that it is over', () => {
    expect(approvalEnd({ ...waiting, waits: false })).toBe('elsewhere');
    expect(approvalEnd({ ...waiting, refused: 'approval_over' })).toBe('elsewhere');
    expect(approvalEnd({ ...waiting, refused: 'not_found' })).toBe('elsewhere');
  });
});
