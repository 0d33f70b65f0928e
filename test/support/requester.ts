import type { Requester } from '../../src/main/connections/connections.ts';

/** Who asks for tokens in specs where that does not matter. */
export const TEST_REQUESTER: Requester = { kind: 'command', id: 'trackeep token', name: null };
