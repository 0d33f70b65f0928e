import { execFile } from 'node:child_process';
import { AppError } from '../../core/errors.ts';

const LONGEST_RUN_MS = 20_000;
/** With a token in its environment gh refuses to keep another one. */
const TOKENS = ['GH_TOKEN', 'GITHUB_TOKEN', 'GH_ENTERPRISE_TOKEN', 'GITHUB_ENTERPRISE_TOKEN'];

/** Runs `gh`, and gives it `input` on its standard input. */
export type RunGitHubCli = (args: readonly string[], input?: string) => Promise<void>;

/**
 * Signs the GitHub CLI in with a token, which goes through standard input: arguments can be seen by everybody.
 *
 * @see https://cli.github.com/manual/gh_auth_login
 * @throws AppError `bad_input` where there is no `gh`, `provider_error` where it fails
 */
export async function loginGitHubCli(run: RunGitHubCli, host: string, token: string): Promise<void> {
  await run(['auth', 'login', '--hostname', host, '--with-token'], `${token}\n`);
}

/**
 * Signs it out again; that it was signed out already is no failure.
 *
 * @throws AppError `provider_error` where a token is still kept afterwards
 */
export async function logoutGitHubCli(run: RunGitHubCli, host: string, login: string): Promise<void> {
  const logout = ['auth', 'logout', '--hostname', host];
  try {
    await run([...logout, '--user', login]);
  } catch {
    try {
      // Before 2.40 gh knew one account of a host and no --user; and it may have another name for an app's installation.
      await run(logout);
    } catch (error) {
      const keptNone = await run(['auth', 'token', '--hostname', host]).then(
        () => false,
        () => true,
      );
      if (!keptNone) throw error;
    }
  }
}

export const runGitHubCli: RunGitHubCli = (args, input) =>
  new Promise((resolve, reject) => {
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !TOKENS.includes(name)));
    const child = execFile('gh', args, { env, timeout: LONGEST_RUN_MS }, (error, _stdout, stderr) => {
      if (error === null) return resolve();
      if (error.code === 'ENOENT') {
        const remedy = 'Install it from https://cli.github.com and try again.';
        return reject(new AppError('bad_input', 'The GitHub CLI (gh) is not installed.', { remedy }));
      }
      reject(
        new AppError('provider_error', `The GitHub CLI refused: ${saying(stderr, input)}`, {
          cause: new Error(`gh ${args.slice(0, 2).join(' ')} ended with ${error.code ?? error.signal}`),
          remedy: 'Try `gh auth status`; Trackeep Tray tries again in a few minutes.',
        }),
      );
    });
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });

/** What gh says, which may quote what it was given. */
function saying(text: string, secret: string | undefined): string {
  const shown = secret === undefined ? text : text.replaceAll(secret.trim(), '…');
  return shown.trim().split('\n').join(' ').slice(0, 300) || 'it gives no reason.';
}
