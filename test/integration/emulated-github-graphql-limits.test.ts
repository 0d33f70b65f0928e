/** What GraphQL of the emulated GitHub refuses, and how it counts, against GitHub's documentation. */
import { beforeEach, describe, expect, it } from 'vitest';
import { LOOK } from '../../src/main/tracking/github/queries.ts';
import { type GraphQLLab, openGraphQLLab } from '../support/graphql-lab.ts';

let lab: GraphQLLab;
let ask: GraphQLLab['ask'];
let send: GraphQLLab['send'];
let refusalOf: GraphQLLab['refusalOf'];

beforeEach(async () => {
  lab = await openGraphQLLab();
  ({ ask, send, refusalOf } = lab);
});

describe('refused is', () => {
  it.each([
    ['nobody', null, 'This endpoint requires you to be authenticated.'],
    ['somebody with a token that is none', 'Bearer gho_unknown', 'Bad credentials'],
  ])('%s', async (_, authorization, message) => {
    expect(await send({ query: '{ viewer { login } }' }, authorization)).toMatchObject({
      status: 401,
      body: { message },
    });
  });

  it.each([
    ['what is no JSON', '{', 'Problems parsing JSON'],
    ['a body without a query', '{}', 'A query attribute must be specified and must be a string.'],
  ])('%s, with 400', async (_, text, message) => {
    expect(await send(text)).toMatchObject({ status: 400, body: { message } });
  });

  it('what the schema does not have', async () => {
    expect(await refusalOf('{ viewer { shoeSize } }')).toMatchObject({
      message: "Field 'shoeSize' doesn't exist on type 'User'",
      extensions: { code: 'undefinedField', typeName: 'User', fieldName: 'shoeSize' },
    });
    expect(await refusalOf('{ viewer {')).toMatchObject({ message: expect.stringContaining('Syntax Error') });
    expect(await refusalOf('query ($id: ID!) { node(id: $id) { id } }')).toMatchObject({ message: expect.any(String) });
  });

  it.each([
    ['a page without a size', 'repositories { nodes { name } }', 'MISSING_PAGINATION_BOUNDARIES'],
    ['a page of 101', 'repositories(first: 101) { nodes { name } }', 'EXCESSIVE_PAGINATION'],
    ['a cursor that is none', 'repositories(first: 1, after: "x") { nodes { name } }', 'INVALID_CURSOR_ARGUMENTS'],
  ])('%s', async (_, connection, type) => {
    expect(await refusalOf(`{ viewer { ${connection} } }`)).toMatchObject({ type });
  });

  it('more than 100 ids, and more than half a million nodes', async () => {
    expect(await refusalOf(LOOK, { ids: Array(101).fill('R_x') })).toMatchObject({ type: 'ARGUMENT_LIMIT' });
    const deep =
      'repositories(first: 100) { nodes { pullRequests(first: 100) { nodes { labels(first: 50) { nodes { name } } } } } }';
    expect(await refusalOf(`{ viewer { ${deep} } }`)).toMatchObject({ type: 'MAX_NODE_LIMIT_EXCEEDED' });
  });
});

describe('the limit', () => {
  it('counts points by the rule that GitHub documents, apart from the requests of REST', async () => {
    // GitHub's own example: 1 + 100 + 5,000 requests are 51 points.
    const query = `{
      viewer {
        repositories(first: 100) { edges: nodes {
          pullRequests(first: 50) { nodes { labels(first: 60) { nodes { id name } } } }
        } }
      }
      rateLimit { cost nodeCount remaining }
    }`;
    const { body, headers } = await send({ query });
    expect(body.data.rateLimit).toEqual({ cost: 51, nodeCount: 305_100, remaining: 4_949 });
    expect(headers.get('x-ratelimit-resource')).toBe('graphql');
    expect(headers.get('x-ratelimit-remaining')).toBe('4949');
    const rest = await fetch(`${lab.github.apiUrl}/user`, { headers: { authorization: `Bearer ${lab.token}` } });
    expect([rest.headers.get('x-ratelimit-resource'), rest.headers.get('x-ratelimit-remaining')]).toEqual([
      'core',
      '4999',
    ]);
  });

  it('says with 200 that it is used up, until the hour is over', async () => {
    await ask('{ viewer { login } }');
    lab.github.spend('graphql', 5_000);
    const { status, body, headers } = await send({ query: '{ viewer { login } }' });
    expect([status, body.errors[0].type, headers.get('x-ratelimit-remaining')]).toEqual([200, 'RATE_LIMITED', '0']);
    await lab.clock.advance(3_600_000);
    expect(await ask('{ viewer { login } }')).toEqual({ viewer: { login: 'octocat' } });
  });
});
