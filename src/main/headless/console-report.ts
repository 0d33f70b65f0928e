import type { StatusView } from '../../shared/views.ts';
import type { AppError } from '../core/errors.ts';

/** What the headless host says on standard output and standard error: for people, or with `--json` for programs. */
export interface ConsoleReport {
  ready(facts: { status: StatusView; ui: string }): void;
  handedOver(facts: { ui: string | null }): void;
  failed(error: AppError): void;
}

/**
 * @param json one JSON object a line on standard output, the first of them `{"event":"ready",…}`
 */
export function createConsoleReport(json: boolean, out = process.stdout, err = process.stderr): ConsoleReport {
  const line = (value: object) => out.write(`${JSON.stringify(value)}\n`);
  if (json) {
    return {
      ready: ({ status, ui }) =>
        // There is no MCP server yet: null is the truth until there is one.
        line({ event: 'ready', issuer: status.issuer.address, ui, mcp: null, pid: status.app.pid }),
      handedOver: ({ ui }) => line({ event: 'already_running', ui }),
      failed: ({ code, message, remedy }) => line({ event: 'failed', error: code, message, remedy }),
    };
  }
  return {
    ready({ status, ui }) {
      out.write(
        [
          `Trackeep Tray ${status.app.version} is running${status.app.demo ? ' against local emulators (demo)' : ''}.`,
          `  Web UI     ${ui}`,
          '             (a one-time link, good for 5 minutes; `trackeep open` makes another)',
          `  Issuer     ${status.issuer.address}`,
          `  Data       ${status.app.dataDir}`,
          `  Vault      ${status.vault.backend}${status.vault.state === 'open' ? '' : `: ${status.vault.state}`}`,
          ...(status.vault.problem
            ? [`             ${status.vault.problem.message}`, `             ${status.vault.problem.remedy}`]
            : []),
          'Stop it with Ctrl-C.',
          '',
        ].join('\n'),
      );
    },
    handedOver({ ui }) {
      out.write(`Trackeep Tray is running already.${ui ? `\n  Web UI     ${ui}` : ' Its window is in front now.'}\n`);
    },
    failed({ message, remedy }) {
      err.write(`trackeep: ${message}\n${remedy}\n`);
    },
  };
}
