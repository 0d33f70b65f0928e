/** The schema that the emulated GitHub plays, against the one that GitHub publishes. */
import { schema as published } from '@octokit/graphql-schema';
import {
  buildSchema,
  type GraphQLArgument,
  type GraphQLNamedType,
  isEnumType,
  isInputObjectType,
  isUnionType,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { SDL } from '../../src/main/demo/graphql/sdl.ts';

// The published text declares two fields twice, which is none of our business.
const github = buildSchema(published.idl, { assumeValid: true, assumeValidSDL: true });

/** Everything about our schema that GitHub's does not have so, one line each. */
function disagreements(sdl: string): string[] {
  const ours = Object.values(buildSchema(sdl).getTypeMap()).filter(({ name }) => !name.startsWith('__'));
  return ours.flatMap((type) => {
    const theirs = github.getType(type.name);
    if (!theirs) return [`${type.name}: unknown`];
    if (theirs.constructor.name !== type.constructor.name) return [`${type.name}: of another kind`];
    const known = new Set(linesOf(theirs));
    return linesOf(type).filter((line) => !known.has(line));
  });
}

/** A line for each thing that a type says of itself. */
function linesOf(type: GraphQLNamedType): string[] {
  const { name } = type;
  if (isEnumType(type)) return type.getValues().map((value) => `${name}.${value.name}`);
  if (isUnionType(type)) return type.getTypes().map((member) => `${name} = ${member.name}`);
  if (!('getFields' in type)) return [];
  const fields = Object.values(type.getFields()).flatMap((field) => [
    `${name}.${field.name}: ${field.type}`,
    ...('args' in field ? field.args : []).map(
      (argument: GraphQLArgument) =>
        `${name}.${field.name}(${argument.name}: ${argument.type} = ${JSON.stringify(argument.defaultValue)})`,
    ),
  ]);
  const interfaces = isInputObjectType(type) ? [] : type.getInterfaces().map((one) => `${name} & ${one.name}`);
  return [...fields, ...interfaces];
}

describe('the schema of the emulated GitHub', () => {
  it('has nothing that GitHub has not, and nothing otherwise', () => {
    expect(disagreements(SDL)).toEqual([]);
  });

  it.each([
    ['a field', 'name: String!\n  nameWithOwner', 'title: String!\n  nameWithOwner', 'Repository.title: String!'],
    ['a type', 'isFork: Boolean!', 'isFork: Boolean', 'Repository.isFork: Boolean'],
    ['an argument', 'object(expression', 'object(phrase', 'Repository.object(phrase: String = undefined)'],
    ['a value', 'CLOSED MERGED OPEN', 'CLOSED MERGED DRAFT', 'PullRequestState.DRAFT'],
    [
      'a default',
      'followRenames: Boolean = true',
      'followRenames: Boolean = false',
      'Query.repository(followRenames: Boolean = false)',
    ],
  ])('would be found out with %s of its own', (_, from, to, line) => {
    expect(SDL).toContain(from);
    expect(disagreements(SDL.replace(from, to))).toEqual([line]);
  });
});
