import type { ExecutionResult, GraphQLError, GraphQLSchema } from 'graphql';
import { AppError } from '../../core/errors.ts';
import { type Answer, type Exchange, json } from '../exchange.ts';
import { refusals } from '../failures.ts';
import type { RateLimit } from '../rate-limit.ts';
import type { World } from '../tracked/world.ts';
import { analyse } from './analysis.ts';
import { readField } from './fields.ts';
import { SDL } from './sdl.ts';
import type { Asking, Source } from './sources.ts';
import { type ErrorAnswer, GraphQLTrouble } from './trouble.ts';

type GraphQL = typeof import('graphql');

interface Asked {
  query: string;
  variables: Record<string, unknown>;
  operationName: string | null;
}

export interface GraphQLEndpointParts {
  world: World;
  origin: () => string;
  /** Of the resource `graphql`. */
  rateLimit: RateLimit;
  /** Whose token it is; `app`: an installation's, which is nobody's. Null: none of ours. */
  whose(token: string): { login: string } | 'app' | null;
}

/**
 * `POST /graphql`, told of the world. What GitHub refuses is refused here; whatever is wrong with a query comes with
 * status 200, as there. Answers null for every other path.
 *
 * @see https://docs.github.com/en/graphql/guides/forming-calls-with-graphql
 */
export function createGraphQLEndpoint(parts: GraphQLEndpointParts): (exchange: Exchange) => Promise<Answer | null> {
  const { world, origin, rateLimit, whose } = parts;
  let loaded: Promise<{ graphql: GraphQL; schema: GraphQLSchema }> | null = null;

  return async (exchange) => {
    if (exchange.path !== '/graphql' && exchange.path !== '/api/graphql') return null;
    if (exchange.method !== 'POST') return json(404, { message: 'Not Found', status: '404' });
    const token = exchange.headers.authorization?.replace(/^(bearer|token)\s+/i, '').trim() ?? '';
    if (token === '') {
      return json(401, { message: 'This endpoint requires you to be authenticated.', status: '401' });
    }
    const who = whose(token);
    if (who === null) return refusals.badCredentials();
    const asked = read(exchange);
    if (typeof asked === 'string') return json(400, { message: asked, status: '400' });
    if (who === 'app') {
      return answerOf({ errors: [{ type: 'FORBIDDEN', message: 'Resource not accessible by integration' }] }, {});
    }
    loaded ??= load();
    const { graphql, schema } = await loaded;
    const ready = prepare(graphql, schema, asked);
    if ('errors' in ready) return answerOf(ready, rateLimit.count(token, 0).headers);
    const { cost, nodes, errors } = analyse(graphql, { schema, ...ready });
    if (errors.length > 0) return answerOf({ errors }, rateLimit.count(token, 0).headers);
    const limit = rateLimit.count(token, cost);
    if (limit.exceeded) return answerOf(refusals.graphqlRateLimit, limit.headers);
    const asking: Asking = {
      ...{ world, login: who.login, origin: origin() },
      budget: { ...limit.state, cost, nodeCount: nodes },
    };
    const result = await execute(graphql, schema, { ...ready, asking });
    return answerOf(
      { data: result.data, ...(result.errors ? { errors: result.errors.map(ofExecution) } : {}) },
      limit.headers,
    );
  };
}

async function load(): Promise<{ graphql: GraphQL; schema: GraphQLSchema }> {
  const graphql = await import('graphql').catch((cause: unknown) => {
    throw new AppError('demo_unavailable', 'GraphQL of the emulated GitHub (the package "graphql") is not installed.', {
      cause,
    });
  });
  return { graphql, schema: graphql.buildSchema(SDL) };
}

/** Parses, validates, and takes the variables in. */
function prepare(graphql: GraphQL, schema: GraphQLSchema, { query, variables, operationName }: Asked) {
  const { parse, validate, getOperationAST, getVariableValues, GraphQLError } = graphql;
  try {
    const document = parse(query);
    const problems = validate(schema, document);
    if (problems.length > 0) return { errors: problems.map(ofValidation) };
    const operation = getOperationAST(document, operationName);
    if (!operation) return { errors: [{ message: 'An operation name is required' }] };
    const coerced = getVariableValues(schema, operation.variableDefinitions ?? [], variables);
    if (coerced.errors) return { errors: coerced.errors.map(ofValidation) };
    return { document, operationName, variables: coerced.coerced, given: variables };
  } catch (error) {
    if (error instanceof GraphQLError) return { errors: [ofValidation(error)] };
    throw error;
  }
}

async function execute(
  { execute: run }: GraphQL,
  schema: GraphQLSchema,
  query: Exclude<ReturnType<typeof prepare>, { errors: unknown }> & { asking: Asking },
): Promise<ExecutionResult> {
  return run({
    schema,
    document: query.document,
    operationName: query.operationName,
    variableValues: query.given,
    contextValue: query.asking,
    fieldResolver: (source, args, asking, { parentType, fieldName }) =>
      readField(parentType.name, fieldName, source, args, asking),
    typeResolver: (source) => (source as Source).kind,
  });
}

function read(exchange: Exchange): Asked | string {
  let body: unknown;
  try {
    body = JSON.parse(Buffer.from(exchange.body).toString('utf8'));
  } catch {
    return 'Problems parsing JSON';
  }
  const { query, variables, operationName } = (body ?? {}) as Record<string, unknown>;
  if (typeof query !== 'string') return 'A query attribute must be specified and must be a string.';
  return {
    query,
    variables: typeof variables === 'object' && variables !== null ? { ...variables } : {},
    operationName: typeof operationName === 'string' ? operationName : null,
  };
}

function answerOf(body: { data?: unknown; errors?: readonly ErrorAnswer[] }, headers: Record<string, string>): Answer {
  return json(200, body, { ...headers, 'x-github-media-type': 'github.v4; format=json' });
}

/** The commonest mistakes in GitHub's words; the others as the library says them. */
function ofValidation({ message, locations }: GraphQLError): ErrorAnswer {
  const [, fieldName, typeName] = /^Cannot query field "(\w+)" on type "(\w+)"/.exec(message) ?? [];
  const where = locations ? { locations } : {};
  if (fieldName === undefined) return { ...where, message };
  const extensions = { code: 'undefinedField', typeName, fieldName };
  return { extensions, ...where, message: `Field '${fieldName}' doesn't exist on type '${typeName}'` };
}

function ofExecution({ message, locations, path, originalError }: GraphQLError): ErrorAnswer {
  const type = originalError instanceof GraphQLTrouble ? { type: originalError.type } : {};
  return { ...type, ...(path ? { path } : {}), ...(locations ? { locations } : {}), message };
}
