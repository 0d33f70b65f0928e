import type { Command } from '../command.ts';
import { approvals } from './approvals.ts';
import { clients } from './clients.ts';
import { completion } from './completion.ts';
import { connect } from './connect.ts';
import { disconnect } from './disconnect.ts';
import { doctor } from './doctor.ts';
import { help } from './help.ts';
import { open } from './open.ts';
import { provider } from './provider.ts';
import { serve } from './serve.ts';
import { settings } from './settings.ts';
import { status } from './status.ts';
import { stop } from './stop.ts';
import { token } from './token.ts';
import { unlock } from './unlock.ts';
import { updates } from './updates.ts';

/** Every command, in the order in which the help lists them. */
export const COMMANDS: readonly Command[] = [
  serve,
  status,
  connect,
  disconnect,
  token,
  approvals,
  clients,
  updates,
  settings,
  provider,
  doctor,
  unlock,
  open,
  stop,
  completion,
  help,
];
