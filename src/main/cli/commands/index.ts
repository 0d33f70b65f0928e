import type { Command } from '../command.ts';
import { activity } from './activity.ts';
import { approvals } from './approvals.ts';
import { clients } from './clients.ts';
import { completion } from './completion.ts';
import { connect } from './connect.ts';
import { disconnect } from './disconnect.ts';
import { doctor } from './doctor.ts';
import { exportCommand } from './export.ts';
import { flow } from './flow.ts';
import { gitCredential } from './git-credential.ts';
import { githubApp } from './github-app.ts';
import { help } from './help.ts';
import { open } from './open.ts';
import { provider } from './provider.ts';
import { pulls } from './pulls.ts';
import { refresh } from './refresh.ts';
import { repositories } from './repositories.ts';
import { serve } from './serve.ts';
import { settings } from './settings.ts';
import { status } from './status.ts';
import { stop } from './stop.ts';
import { token } from './token.ts';
import { tracking } from './tracking.ts';
import { unlock } from './unlock.ts';
import { updates } from './updates.ts';
import { whoami } from './whoami.ts';

/** Every command, in the order in which the help lists them. */
export const COMMANDS: readonly Command[] = [
  serve,
  status,
  connect,
  disconnect,
  refresh,
  token,
  gitCredential,
  whoami,
  exportCommand,
  flow,
  approvals,
  clients,
  updates,
  pulls,
  activity,
  repositories,
  tracking,
  settings,
  provider,
  githubApp,
  doctor,
  unlock,
  open,
  stop,
  completion,
  help,
];
