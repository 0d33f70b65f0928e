/** The two IPC channels there are, named once for both of their ends. */
export const CALL_CHANNEL = 'contract:call';
export const EVENT_CHANNEL = 'contract:event';
