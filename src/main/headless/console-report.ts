import type { StatusView } from '../../shared/app-views.ts';
import type { AppError } from '../core/errors.ts';

/** What the headless host says on standard output and standard error: for people, or with `--json` for programs. */
export interface ConsoleReport {
  ready(facts: { status: StatusView; ui: string }): void;
  handedOver(facts: { ui: string | null }): void;
  failed(error: AppError): void;
}

interface Output {
  write(text: string): unknown;
}

/**
 * @param json one JSON object a line on standard output, the first of them `{"event":"ready",…}`
 */
export function createConsoleReport(
  json: boolean,
  out: Output = process.stdout,
  err: Output = process.stderr,
): ConsoleReport {
  const line = (value: object) => out.write(`${JSON.stringify(value)}\n`);
  if (json) {
    return {
      ready: ({ status: { app, issuer }, ui }) =>
        line({ event: 'ready', issuer: issuer.address, ui, mcp: issuer.mcp, pid: app.pid }),
      handedOver: ({ ui }) => line({ event: 'already_running', ui }),
      failed: ({ code, message, remedy }) => line({ event: 'failed', error: code, message, remedy }),
    };
  }
  return {
    ready({ status: { app, issuer, vault }, ui }) {
      const vaultState = vault.state === 'open' ? '' : `: ${vault.state}`;
      out.write(
        [
          `Trackeep Tray ${app.version} is running${app.demo ? ' against local emulators (demo)' : ''}.`,
          `  Web UI      ${ui}`,
          '              (a one-time link, good for 5 minutes; `trackeep open` makes another)',
          `  Issuer      ${issuer.address}`,
          `  MCP server  ${issuer.mcp}`,
          `  Data        ${app.dataDir}`,
          `  Vault       ${vault.backend}${vaultState}`,
          ...(vault.problem ? [vault.problem.message, vault.problem.remedy].map((line) => ' '.repeat(14) + line) : []),
          'Stop it with Ctrl-C.',
          '',
        ].join('\n'),
      );
    },
    handedOver({ ui }) {
      out.write(`Trackeep Tray is running already.${ui ? `\n  Web UI      ${ui}` : ' Its window is in front now.'}\n`);
    },
    failed({ message, remedy }) {
      err.write(`trackeep: ${message}\n${remedy}\n`);
    },
  };
}
