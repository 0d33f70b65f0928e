import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/main/core/errors.ts';
import { createConsoleReport } from '../../src/main/headless/console-report.ts';
import { aStatus } from '../support/stand-in-control.ts';

const UI = 'http://127.0.0.1:9090/ui/#login=abc';

/** What is said on standard output and standard error. */
function listen(json: boolean) {
  const said = { out: '', err: '' };
  const report = createConsoleReport(
    json,
    { write: (text) => (said.out += text) },
    { write: (text) => (said.err += text) },
  );
  return { report, said };
}

describe('the report of the headless host', () => {
  it('tells programs in one line where everything is', () => {
    const { report, said } = listen(true);
    report.ready({ status: aStatus, ui: UI });
    expect(said.out.trimEnd().split('\n')).toHaveLength(1);
    expect(JSON.parse(said.out)).toEqual({
      event: 'ready',
      issuer: 'http://127.0.0.1:9090',
      ui: UI,
      mcp: 'http://127.0.0.1:9090/mcp',
      pid: 4711,
    });
  });

  it('tells people the same, aligned', () => {
    const { report, said } = listen(false);
    report.ready({ status: aStatus, ui: UI });
    const lines = said.out.split('\n');
    const facts = lines.filter((line) => /^ {2}\w/.test(line));
    expect(facts).toEqual([
      `  Web UI      ${UI}`,
      '  Issuer      http://127.0.0.1:9090',
      '  MCP server  http://127.0.0.1:9090/mcp',
      '  Data        /data',
      '  Vault       key file (not protected by the system)',
    ]);
  });

  it('says of a vault that is not open what helps', () => {
    const { report, said } = listen(false);
    const problem = new AppError('vault_locked', 'Your keychain is locked.').toView();
    report.ready({ status: { ...aStatus, vault: { ...aStatus.vault, state: 'locked', problem } }, ui: UI });
    expect(said.out).toContain(`Vault       key file (not protected by the system): locked\n`);
    expect(said.out).toMatch(/ {14}Your keychain is locked\.\n {14}Unlock your keychain/);
  });

  it.each([true, false])('keeps failures apart from the rest (json: %s)', (json) => {
    const { report, said } = listen(json);
    report.failed(new AppError('port_in_use', 'Port 9090 is taken.'));
    if (json) expect(JSON.parse(said.out)).toMatchObject({ event: 'failed', error: 'port_in_use' });
    else expect(said).toEqual({ out: '', err: expect.stringContaining('trackeep: Port 9090 is taken.\n') });
  });
});
