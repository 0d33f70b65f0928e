import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  APPLICABLE,
  NOT_APPLICABLE,
  runScenario,
  serverScenarios,
  startTokenProxy,
} from '../support/mcp-conformance.ts';
import { type McpLab, openMcpLab } from '../support/mcp-lab.ts';

let lab: McpLab;
let proxy: Awaited<ReturnType<typeof startTokenProxy>>;

beforeAll(async () => {
  lab = await openMcpLab({ signedIn: false });
  proxy = await startTokenProxy({ address: lab.address, token: lab.issue('openid', 'github:read') });
});

afterAll(async () => {
  await proxy.close();
  await lab.close();
});

describe("the MCP project's conformance suite", () => {
  it.concurrent.each(APPLICABLE)('is passed in the scenario %s', async (scenario) => {
    const { output, ...verdict } = await runScenario(`${proxy.address}/mcp`, scenario);

    expect(verdict, output).toMatchObject({ passed: verdict.checks, failed: 0, warnings: 0 });
    expect(verdict.checks, output).toBeGreaterThan(0);
  });

  it('has no scenario that is neither run nor named with the reason why not', async () => {
    const scenarios = await serverScenarios();

    expect(scenarios.toSorted()).toEqual([...APPLICABLE, ...Object.keys(NOT_APPLICABLE)].toSorted());
  });
});
