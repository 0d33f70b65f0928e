/** Who got a token last is seen at once, by whoever looks at the connections. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ContractEvent } from '../../src/shared/contract.ts';
import { type BrokerLab, openBrokerLab } from '../support/broker-lab.ts';
import { until } from '../support/connections-lab.ts';

let lab: BrokerLab;
beforeEach(async () => {
  lab = await openBrokerLab();
});
afterEach(() => lab.stop());

it('as an event with the new view, though nothing else has changed; with few of them for many tokens', async () => {
  await lab.connect();
  const { control } = lab.app.app;
  await until(async () => (await lab.call<{ overall: string }>('status.get')).overall === 'ok');
  const seen: ContractEvent[] = [];
  control.subscribe((event) => seen.push(event));
  const lastUsedBy = () => {
    const views = seen.flatMap((event) => (event.event === 'connections' ? event.data : []));
    return views.map((view) => view.lastUsedBy);
  };

  for (let time = 0; time < 50; time += 1) await control.call('socket', 'tokens.get', { platform: 'github' });
  await until(() => lastUsedBy().includes('the trackeep command'));
  expect(lastUsedBy().length).toBeLessThan(10);

  await control.call('socket', 'credentials.get', { host: new URL(lab.github.url).host, path: null });
  await until(() => lastUsedBy().includes('git'));
});
