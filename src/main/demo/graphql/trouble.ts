/** What goes wrong in one field. GitHub names the kind beside the message. */
export class GraphQLTrouble extends Error {
  readonly type: string;

  constructor(type: string, message: string) {
    super(message);
    this.name = 'GraphQLTrouble';
    this.type = type;
  }
}

export interface ErrorAnswer {
  type?: string;
  path?: readonly (string | number)[];
  extensions?: Record<string, unknown>;
  locations?: readonly { line: number; column: number }[];
  message: string;
}
