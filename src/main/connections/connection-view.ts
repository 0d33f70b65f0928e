import type { ConnectionView } from '../../shared/connection-views.ts';
import type { ErrorView } from '../../shared/errors.ts';
import type { AppError } from '../core/errors.ts';
import { iso, isoOrNull } from '../core/iso-time.ts';
import type { Installation } from './installations.ts';
import { signInEnd } from './sign-in-end.ts';

/** What is known about an account beside its row. */
export interface Circumstances {
  /** Ms since the epoch. */
  now: number;
  /** Why the vault is closed; null: it is open. */
  vaultProblem: ErrorView | null;
  renewing: boolean;
  /** The pause that the provider asked for, while it lasts. */
  pause: { until: number; error: AppError } | null;
  /** Why its sign-in cannot be renewed right now, or why its server cannot be used at all. */
  outage: AppError | null;
  /** An organisation's single sign-on in the way of some requests. */
  sso: AppError | null;
}

/** Whether the account's token cannot be renewed right now. */
export function isHindered({ vaultProblem, pause, outage }: Circumstances): boolean {
  return vaultProblem !== null || pause !== null || outage !== null;
}

/**
 * An account as a person sees it. Of several things that are true at once, the one that the person has to act on is
 * shown first, then the one that explains most.
 */
export function connectionView(installation: Installation, circumstances: Circumstances): ConnectionView {
  const { vaultProblem, renewing, pause, outage, sso } = circumstances;
  const [state, problem]: [ConnectionView['state'], ErrorView | null] =
    installation.state === 'needs_reconnect'
      ? ['needs_reconnect', installation.problem]
      : vaultProblem
        ? ['vault_closed', vaultProblem]
        : renewing
          ? ['refreshing', null]
          : pause
            ? ['paused', pause.error.toView()]
            : outage
              ? ['unreachable', outage.toView()]
              : ['ok', sso?.toView() ?? null];
  const { id, platform, host, kind, login, name, organisation, scopes, permissions, tokenPrefix } = installation;
  return {
    id,
    platform,
    host,
    kind,
    login,
    name,
    organisation,
    state,
    problem,
    scopes,
    permissions,
    tokenPrefix,
    tokenSince: isoOrNull(installation.tokenSince),
    connectedAt: iso(installation.createdAt),
    accessExpiresAt: isoOrNull(installation.accessExpiresAt),
    refreshExpiresAt: isoOrNull(installation.refreshExpiresAt),
    signInEndsAt: isoOrNull(signInEnd(installation, { now: circumstances.now, hindered: isHindered(circumstances) })),
    lastRefreshedAt: isoOrNull(installation.lastRefreshedAt),
    lastUsedAt: isoOrNull(installation.lastUsedAt),
    lastUsedBy: installation.lastUsedBy,
    pausedUntil: isoOrNull(pause?.until ?? null),
  };
}
