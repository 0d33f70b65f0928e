import type { Compilable, CompiledQuery } from 'kysely';

/** Stands for a value that is known only when the query is asked. */
class Parameter {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/**
 * A query of Kysely's whose text is made once. Making it takes longer than SQLite takes to answer it, which matters where
 * there are thousands a second and nowhere else.
 *
 * @param build makes the query; its values are not there yet, so it puts them into the query and does nothing else with
 *   them
 * @returns makes the query for given values, for `executeQuery`
 */
export function compiledOnce<Values extends object, Row>(
  build: (values: Values) => Compilable<Row>,
): (values: Values) => CompiledQuery<Row> {
  const parameters = new Proxy({}, { get: (_target, name) => new Parameter(String(name)) });
  const compiled = build(parameters as Values).compile();
  return (values) => ({
    ...compiled,
    parameters: compiled.parameters.map((parameter) =>
      parameter instanceof Parameter ? Reflect.get(values, parameter.name) : parameter,
    ),
  });
}
