import { execFile } from 'node:child_process';
import { createServer, request as sendRequest } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';

/** The scenarios of the MCP project's conformance suite that a server without the suite's sample fixtures must pass. */
export const APPLICABLE = [
  'server-initialize',
  'ping',
  'tools-list',
  'resources-list',
  'dns-rebinding-protection',
] as const;

const FIXTURE = 'calls a sample tool of the suite, which no real server has';
const RESOURCE = 'reads a sample resource of the suite, which no real server has';
const NO_PROMPTS = 'the server has no prompts, and does not declare the capability';
const NO_SESSIONS = 'every request stands by itself: there are no sessions and no streams to come back to';

/** All others, each with the reason why it says nothing about this server. */
export const NOT_APPLICABLE: Readonly<Record<string, string>> = {
  'logging-set-level': 'the server sends no log messages, and does not declare the capability',
  'completion-complete': 'no tool has arguments to be completed, and the capability is not declared',
  'tools-call-simple-text': FIXTURE,
  'tools-call-image': FIXTURE,
  'tools-call-audio': FIXTURE,
  'tools-call-embedded-resource': FIXTURE,
  'tools-call-mixed-content': FIXTURE,
  'tools-call-with-logging': FIXTURE,
  'tools-call-error': FIXTURE,
  'tools-call-with-progress': FIXTURE,
  'tools-call-sampling': FIXTURE,
  'tools-call-elicitation': FIXTURE,
  'json-schema-2020-12': 'looks for a sample tool of the suite in the list of tools',
  'elicitation-sep1034-defaults': FIXTURE,
  'elicitation-sep1330-enums': FIXTURE,
  'server-sse-polling': NO_SESSIONS,
  'server-sse-multiple-streams': NO_SESSIONS,
  'resources-read-text': RESOURCE,
  'resources-read-binary': RESOURCE,
  'resources-templates-read': RESOURCE,
  'resources-subscribe': NO_SESSIONS,
  'resources-unsubscribe': NO_SESSIONS,
  'prompts-list': NO_PROMPTS,
  'prompts-get-simple': NO_PROMPTS,
  'prompts-get-with-args': NO_PROMPTS,
  'prompts-get-embedded-resource': NO_PROMPTS,
  'prompts-get-with-image': NO_PROMPTS,
};

const SUITE = dirname(createRequire(import.meta.url).resolve('@modelcontextprotocol/conformance/package.json'));

/** Every server scenario that the installed suite has. */
export async function serverScenarios(): Promise<string[]> {
  const { output } = await runSuite('list', '--server');
  const [, ofServers = ''] = /Server scenarios.*?\n([\s\S]*?)(?:\n\n|$)/.exec(output) ?? [];
  return [...ofServers.matchAll(/^\s+- (\S+)/gm)].map(([, name = '']) => name);
}

/** Runs one scenario. @returns its verdict in numbers, and all that it printed */
export async function runScenario(url: string, scenario: string) {
  const { output } = await runSuite('server', '--url', url, '--scenario', scenario);
  const [, passed, checks, failed, warnings] =
    /Passed: (\d+)\/(\d+), (\d+) failed, (\d+) warnings/.exec(output)?.map(Number) ?? [];
  return { passed, checks, failed, warnings, output };
}

function runSuite(...args: string[]): Promise<{ output: string }> {
  return new Promise((resolve) => {
    // A scenario that fails ends with an error; its numbers tell.
    execFile(process.execPath, [join(SUITE, 'dist/index.js'), ...args], (_error, stdout, stderr) => {
      resolve({ output: `${stdout}${stderr}` });
    });
  });
}

/**
 * Stands in front of a server and adds the token to every request, since the suite has no way to. Everything else goes
 * on as it came; only what names the proxy itself names the server then.
 */
export async function startTokenProxy({ address, token }: { address: string; token: string }) {
  const server = createServer((request, response) => {
    const named = (value = '') => value.replace(`127.0.0.1:${port}`, new URL(address).host);
    const { method, url: path, headers } = request;
    const onward = sendRequest(`${address}${path}`, {
      method,
      headers: {
        ...headers,
        host: named(headers.host),
        ...(headers.origin === undefined ? {} : { origin: named(headers.origin) }),
        authorization: `Bearer ${token}`,
      },
    });
    onward.once('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.once('error', () => response.destroy());
    request.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
