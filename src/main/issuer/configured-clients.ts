import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import { AppError } from '../core/errors.ts';
import { checkRedirectUri } from './redirect-uris.ts';
import { GRANT_TYPES, TOKEN_EXCHANGE } from './registration.ts';

/** A client that no registration brought, with its metadata (RFC 7591 §2). */
export interface StaticClient {
  client_id: string;
  client_name: string;
  client_secret?: string;
  redirect_uris: string[];
  grant_types: string[];
  response_types: string[];
  token_endpoint_auth_method: string;
  application_type: string;
}

/** Our own command line, for programs that want to act as it. */
const TRACKEEP_CLI: StaticClient = {
  client_id: 'trackeep-cli',
  client_name: 'trackeep command',
  redirect_uris: ['http://127.0.0.1/callback', 'http://localhost/callback', 'http://[::1]/callback'],
  grant_types: [...GRANT_TYPES],
  response_types: ['code'],
  token_endpoint_auth_method: 'none',
  application_type: 'native',
};

const RedirectUri = z.string().superRefine((uri, context) => {
  const problem = checkRedirectUri(uri);
  if (problem !== null) context.addIssue(problem);
});

const ClientsFile = z.array(
  z.strictObject({
    client_id: z
      .string()
      .regex(/^[\w.-]{1,128}$/, 'must be of letters, digits, dots and dashes')
      .refine((id) => id !== TRACKEEP_CLI.client_id, 'is taken'),
    // Long enough not to be one of those that stand in examples.
    client_secret: z.string().min(32, 'must be at least 32 characters').max(512),
    client_name: z.string().min(1).max(200),
    redirect_uris: z.array(RedirectUri).min(1).max(20),
  }),
);

/**
 * The built-in client and those of the file that OAUTH_CLIENTS_FILE names. Those have a secret, and for it they get no
 * refresh token: they can come back with their secret at any time.
 *
 * @throws AppError `config_invalid` for a file that cannot be read, is open to others, or does not hold such clients
 */
export async function readStaticClients(file: string | null): Promise<StaticClient[]> {
  if (file === null) return [TRACKEEP_CLI];
  const clients = ClientsFile.safeParse(await readJsonFile(file));
  if (!clients.success) {
    const [issue] = clients.error.issues;
    // Never with the value: it may be the secret.
    throw invalid(file, `“${issue?.path.join('.')}” ${issue?.message}`);
  }
  const ids = clients.data.map((client) => client.client_id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) throw invalid(file, `the client ${twice} stands in it twice`);
  return [
    TRACKEEP_CLI,
    ...clients.data.map((client) => ({
      ...client,
      grant_types: ['authorization_code', TOKEN_EXCHANGE],
      response_types: ['code'],
      token_endpoint_auth_method: 'client_secret_basic',
      application_type: 'native',
    })),
  ];
}

async function readJsonFile(file: string): Promise<unknown> {
  try {
    const { mode } = await stat(file);
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      throw invalid(file, 'other users may read or change it', `Run chmod 600 "${file}" and start again.`);
    }
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    if (error instanceof AppError) throw error;
    // Without its cause where that quotes the text, which holds secrets.
    if (error instanceof SyntaxError) throw invalid(file, 'it is not JSON');
    throw invalid(file, `it cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`);
  }
}

function invalid(file: string, problem: string, remedy?: string): AppError {
  return new AppError('config_invalid', `OAUTH_CLIENTS_FILE names ${file}, but ${problem}.`, {
    remedy: remedy ?? 'Correct the file, or unset OAUTH_CLIENTS_FILE, and start again.',
  });
}
