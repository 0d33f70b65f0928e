import type { ContractEvent, Input, Output, ProcedureName } from './contract.ts';
import type { ErrorView } from './errors.ts';

/**
 * What a call over the bridge answers. An error travels as data: Electron would flatten a thrown one to its text, and
 * the code and the remedy would be lost on the way.
 */
export type BridgeAnswer<N extends ProcedureName> = { ok: true; output: Output<N> } | { ok: false; error: ErrorView };

/**
 * The whole surface that the sandboxed window has of the main process: the preload exposes it as `window.trackeep`,
 * and the renderer's window client is its one user.
 */
export interface TrackeepBridge {
  /** `process.platform` of the main process, such as "darwin". */
  readonly platform: string;
  call<N extends ProcedureName>(name: N, input: Input<N>): Promise<BridgeAnswer<N>>;
  /**
   * Calls `listener` for every event of the contract.
   * @returns a function that stops that
   */
  subscribe(listener: (event: ContractEvent) => void): () => void;
}
