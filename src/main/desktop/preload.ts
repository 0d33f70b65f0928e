/**
 * The one thing the sandboxed window gets from the main process: a door to the contract. It passes calls and events
 * through and decides nothing; what may be called is decided in main, where no page can reach.
 */
import { contextBridge, type IpcRendererEvent, ipcRenderer } from 'electron';
import type { TrackeepBridge } from '../../shared/bridge.ts';
import type { ContractEvent } from '../../shared/contract.ts';
import { CALL_CHANNEL, EVENT_CHANNEL } from './channels.ts';

const bridge: TrackeepBridge = {
  platform: process.platform,
  call: (name, input) => ipcRenderer.invoke(CALL_CHANNEL, name, input),
  subscribe(listener) {
    // Never the IPC event itself: through its `sender` the page would hold the whole of ipcRenderer.
    const pass = (_event: IpcRendererEvent, event: ContractEvent) => listener(event);
    ipcRenderer.on(EVENT_CHANNEL, pass);
    return () => ipcRenderer.off(EVENT_CHANNEL, pass);
  },
};

contextBridge.exposeInMainWorld('trackeep', bridge);
