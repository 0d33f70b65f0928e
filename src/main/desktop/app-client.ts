import type { ContractClient, Output, ProcedureName } from '../../shared/contract.ts';
import type { ControlDoor } from '../http/control-door.ts';

/** The contract as the tray uses it: the same door as the window's, without a wire in between. */
export function createAppClient(control: Pick<ControlDoor, 'call' | 'subscribe'>): ContractClient {
  return {
    call: <N extends ProcedureName>(name: N, input: unknown) =>
      control.call('window', name, input) as Promise<Output<N>>,
    subscribe: (listener) => control.subscribe(listener),
  };
}
