import type { Tool as ListedTool, ToolAnnotations } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import type { AccessToken } from '../../issuer/issuer.ts';
import type { ToolName } from '../tool-scopes.ts';

/** Who calls, and for how long. */
export interface Call {
  /** It has the scope of the tool. */
  access: AccessToken;
  /** Aborts when the client goes away or takes the call back. */
  signal: AbortSignal;
}

interface ToolParts<I extends z.ZodType, O extends z.ZodType> {
  name: ToolName;
  title: string;
  /** For the model that chooses among tools: what it gives and when to use it. */
  description: string;
  /** Whether what it tells changes without anybody here having a hand in it. */
  openWorld: boolean;
  input: I;
  output: O;
  /** @throws AppError, whose words the client gets */
  run(input: z.output<I>, call: Call): Promise<z.input<O>>;
}

/** One tool, with its types behind it. */
export interface Tool {
  readonly name: ToolName;
  /** As `tools/list` shows it. */
  listed(): ListedTool;
  /**
   * Checks the arguments, runs the tool, checks what it answers.
   * @throws AppError `bad_input`, or what the tool throws
   */
  run(args: unknown, call: Call): Promise<Record<string, unknown>>;
}

/** Every tool of ours only reads, and gives the same again when asked again. */
const READING: ToolAnnotations = { readOnlyHint: true, destructiveHint: false, idempotentHint: true };

/** Makes a tool whose arguments and answer are held to their schemas. */
export function defineTool<I extends z.ZodObject, O extends z.ZodObject>(parts: ToolParts<I, O>): Tool {
  const { name, title, description, openWorld, input, output } = parts;
  let listed: ListedTool | undefined;
  return {
    name,
    listed() {
      listed ??= {
        name,
        title,
        description,
        inputSchema: jsonSchema(input, 'input'),
        outputSchema: jsonSchema(output, 'output'),
        annotations: { title, ...READING, openWorldHint: openWorld },
      };
      return listed;
    },
    async run(args, call) {
      const given = input.safeParse(args ?? {});
      if (!given.success) throw new AppError('bad_input', `${name} was called wrongly: ${inWords(given.error)}.`);
      const answer = output.safeParse(await parts.run(given.data, call));
      // An answer that does not fit may carry more than it should: it does not leave the process.
      if (answer.success) return answer.data;
      throw new AppError('internal', `${name} made an answer that does not fit its schema.`, {
        cause: new Error(inWords(answer.error)),
      });
    },
  };
}

/** JSON Schema 2020-12, without what only costs a model's attention: the pattern behind a format, the range of integers. */
function jsonSchema(schema: z.ZodObject, io: 'input' | 'output'): ListedTool['inputSchema'] {
  return z.toJSONSchema(schema, {
    io,
    override({ jsonSchema: part }) {
      if (part.format !== undefined) delete part.pattern;
      if (part.minimum === Number.MIN_SAFE_INTEGER) delete part.minimum;
      if (part.maximum === Number.MAX_SAFE_INTEGER) delete part.maximum;
    },
  }) as ListedTool['inputSchema'];
}

function inWords({ issues }: z.ZodError): string {
  return issues.map(({ path, message }) => (path.length > 0 ? `"${path.join('.')}": ${message}` : message)).join('; ');
}
