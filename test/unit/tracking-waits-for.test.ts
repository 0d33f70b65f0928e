import { describe, expect, it } from 'vitest';
import { waitsFor } from '../../src/main/tracking/queries/waits-for.ts';

type Standing = Parameters<typeof waitsFor>[0];

const THEIRS: Standing = {
  state: 'open',
  draft: false,
  author: 'hubot',
  review: null,
  reviewers: [],
  checks: null,
  mergeable: null,
};
const MINE: Standing = { ...THEIRS, author: 'octocat' };
const READY: Standing = { ...MINE, review: 'approved', checks: 'success', mergeable: 'mergeable' };

const of = (standing: Standing, ...logins: string[]) => waitsFor(standing, logins.length > 0 ? logins : ['octocat']);

describe('what a pull request waits for', () => {
  it('is a review that is asked of the person, whatever else is wrong with it', () => {
    expect(of({ ...THEIRS, reviewers: ['monalisa', 'octocat'] })).toBe('review');
    expect(of({ ...THEIRS, reviewers: ['octocat'], checks: 'failure', mergeable: 'conflicting' })).toBe('review');
    expect(of({ ...THEIRS, reviewers: ['second'] }, 'octocat', 'second')).toBe('review');
  });

  it('takes names in any case, as GitHub does', () => {
    expect(of({ ...THEIRS, reviewers: ['OctoCat'] })).toBe('review');
    expect(of({ ...MINE, author: 'OCTOCAT', checks: 'failure' })).toBe('checks');
  });

  it('is nothing where a team or somebody else is asked, or nobody', () => {
    expect(of({ ...THEIRS, reviewers: ['acme/octocat', 'acme/everybody'] })).toBeNull();
    expect(of({ ...THEIRS, reviewers: ['octocat-2'] })).toBeNull();
    expect(of({ ...THEIRS, review: 'changes_requested', checks: 'failure' })).toBeNull();
    expect(of({ ...THEIRS, author: null })).toBeNull();
  });

  it.each([
    ['changes', { review: 'changes_requested', mergeable: 'conflicting', checks: 'failure' }],
    ['conflicts', { mergeable: 'conflicting', checks: 'failure' }],
    ['checks', { checks: 'failure' }],
    ['checks', { checks: 'failure', draft: true }],
    ['merge', {}],
    ['merge', { checks: null }],
  ] as const)('of the person’s own: %s, with %o', (expected, own) => {
    expect(of({ ...READY, ...own })).toBe(expected);
  });

  it.each([
    { draft: true },
    { checks: 'pending' },
    { review: 'review_required' },
    { review: null },
    { mergeable: null },
  ] as const)('is nothing of the person’s own yet, with %o', (own) => {
    expect(of({ ...READY, ...own })).toBeNull();
  });

  it.each(['closed', 'merged'] as const)('is nothing once it is %s', (state) => {
    expect(of({ ...READY, state })).toBeNull();
    expect(of({ ...THEIRS, reviewers: ['octocat'], state })).toBeNull();
  });
});
