import type {
  DocumentNode,
  FieldNode,
  GraphQLObjectType,
  GraphQLSchema,
  SelectionNode,
  SelectionSetNode,
} from 'graphql';
import type { ErrorAnswer } from './trouble.ts';

type GraphQL = typeof import('graphql');

/** What a query may cost, found out before it runs. */
export interface Analysis {
  /** Points, by GitHub's rule: the requests that its connections amount to, by the hundred, and at least one. */
  cost: number;
  /** The most nodes that it can answer with. */
  nodes: number;
  /** Why it is refused. */
  errors: ErrorAnswer[];
}

const LARGEST_PAGE = 100;
const MOST_NODES = 500_000;

/**
 * Weighs a valid query.
 *
 * @param variables as coerced
 * @see https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
 */
export function analyse(
  graphql: GraphQL,
  query: { schema: GraphQLSchema; document: DocumentNode; operationName: string | null; variables: Variables },
): Analysis {
  const { schema, document, variables } = query;
  const { isCompositeType, getNamedType, getArgumentValues, getDirectiveValues, getOperationAST } = graphql;
  const { GraphQLIncludeDirective, GraphQLSkipDirective, typeFromAST } = graphql;
  const fragments = new Map(
    document.definitions.flatMap((one) => (one.kind === 'FragmentDefinition' ? [[one.name.value, one] as const] : [])),
  );
  const errors: ErrorAnswer[] = [];
  let requests = 0;
  let nodes = 0;

  const wanted = (node: SelectionNode) =>
    getDirectiveValues(GraphQLSkipDirective, node, variables)?.if !== true &&
    getDirectiveValues(GraphQLIncludeDirective, node, variables)?.if !== false;

  const refuse = (field: FieldNode, path: readonly string[], type: string, message: string) => {
    const { line, column } = field.loc?.startToken ?? { line: 1, column: 1 };
    errors.push({ type, path, locations: [{ line, column }], message });
  };

  /** How many of what lies below a field there can be. */
  const weigh = (
    field: FieldNode,
    typeName: string,
    args: Variables,
    times: number,
    path: readonly string[],
  ): number => {
    const name = field.name.value;
    if (path.length === 1 && name === 'nodes') {
      const count = (args.ids as unknown[]).length;
      if (count > LARGEST_PAGE) {
        const words = `You may not provide more than ${LARGEST_PAGE} node ids; you provided ${count}.`;
        refuse(field, path, 'ARGUMENT_LIMIT', words);
      }
      return times * count;
    }
    if (!typeName.endsWith('Connection')) return times;
    requests += times;
    const bound = (args.first ?? args.last ?? null) as number | null;
    if (bound === null) {
      if (pages(field.selectionSet)) {
        const words = `You must provide a \`first\` or \`last\` value to properly paginate the \`${name}\` connection.`;
        refuse(field, path, 'MISSING_PAGINATION_BOUNDARIES', words);
      }
      return times;
    }
    const which = args.first == null ? 'last' : 'first';
    if (bound > LARGEST_PAGE) {
      const words = `Requesting ${bound} records on the \`${name}\` connection exceeds the \`${which}\` limit of ${LARGEST_PAGE} records.`;
      refuse(field, path, 'EXCESSIVE_PAGINATION', words);
    } else if (bound < 0) {
      refuse(field, path, 'INVALID_PAGINATION', `\`${which}\` on the \`${name}\` connection cannot be less than zero.`);
    }
    nodes += times * bound;
    return times * bound;
  };

  /** Whether items are asked for, and not only how many there are. */
  const pages = (set: SelectionSetNode | undefined): boolean =>
    (set?.selections ?? []).some((selection) => {
      if (selection.kind === 'Field') return ['nodes', 'edges', 'pageInfo'].includes(selection.name.value);
      if (selection.kind === 'InlineFragment') return pages(selection.selectionSet);
      return pages(fragments.get(selection.name.value)?.selectionSet);
    });

  const walk = (set: SelectionSetNode, parent: GraphQLObjectType, times: number, path: readonly string[]): void => {
    for (const selection of set.selections) {
      if (!wanted(selection)) continue;
      if (selection.kind !== 'Field') {
        const fragment = selection.kind === 'InlineFragment' ? selection : fragments.get(selection.name.value);
        if (!fragment) continue;
        const type = fragment.typeCondition ? typeFromAST(schema, fragment.typeCondition) : parent;
        walk(fragment.selectionSet, type as GraphQLObjectType, times, path);
        continue;
      }
      // What is not among a type's fields is of the language itself, such as __typename.
      const field = 'getFields' in parent ? parent.getFields()[selection.name.value] : undefined;
      if (!field) continue;
      const type = getNamedType(field.type);
      const below = [...path, selection.alias?.value ?? selection.name.value];
      const count = weigh(selection, type.name, getArgumentValues(field, selection, variables), times, below);
      if (selection.selectionSet && isCompositeType(type)) {
        walk(selection.selectionSet, type as GraphQLObjectType, count, below);
      }
    }
  };

  const operation = getOperationAST(document, query.operationName);
  const root = operation && schema.getRootType(operation.operation);
  if (operation && root) walk(operation.selectionSet, root, 1, []);
  if (nodes > MOST_NODES) {
    errors.push({
      type: 'MAX_NODE_LIMIT_EXCEEDED',
      message: `This query requests up to ${nodes.toLocaleString('en')} possible nodes which exceeds the maximum limit of 500,000.`,
    });
  }
  return { cost: Math.max(1, Math.round(requests / 100)), nodes, errors };
}

type Variables = Record<string, unknown>;
