import type { ContractEvent, Door } from '../../shared/contract.ts';

/** What the doors need of the contract's implementation. This room stands below it, so it names its own needs. */
export interface ControlDoor {
  /**
   * @returns the procedure's validated output
   * @throws AppError, whatever went wrong
   */
  call(door: Door, name: string, input: unknown): Promise<unknown>;
  /** @returns a function that stops listening */
  subscribe(listener: (event: ContractEvent) => void): () => void;
  /** `status.get` as JSON text, kept until something changes. */
  statusJson(): Promise<string>;
}
