import { validate } from '@octokit/graphql-schema';
import { describe, expect, it } from 'vitest';
import * as queries from '../../src/main/tracking/github/queries.ts';

const QUERIES = Object.entries(queries).flatMap(([name, text]) => (typeof text === 'string' ? [{ name, text }] : []));

describe('the questions to GitHub', () => {
  it.each(QUERIES)('$name is one that its published schema knows', ({ text }) => {
    expect(validate(text).map(({ message }) => message)).toEqual([]);
  });
});
