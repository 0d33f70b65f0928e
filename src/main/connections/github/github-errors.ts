import { AppError } from '../../core/errors.ts';

/**
 * GitHub's OAuth errors in our words. GitHub sends most of them with status 200, so the field decides, not the status.
 *
 * @param error the `error` field, as it came
 * @see https://docs.github.com/en/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-oauth-app-access-token-request-errors
 * @see https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps#error-codes-for-the-device-flow
 */
export function oauthError(error: string): AppError {
  switch (error) {
    case 'access_denied':
      return new AppError('access_denied', 'The sign-in was declined at GitHub.');
    case 'expired_token':
      return new AppError('code_expired', 'The code was not entered in time.');
    case 'incorrect_device_code':
      return new AppError('code_expired', 'GitHub no longer knows this code.');
    case 'bad_verification_code':
      return new AppError(
        'code_expired',
        'GitHub no longer accepts this sign-in: it was used already or took too long.',
      );
    case 'device_flow_disabled':
      return new AppError('device_flow_disabled', 'Your GitHub app does not allow signing in with a code.');
    case 'Not Found':
      return new AppError('provider_refused_client', 'GitHub knows no app with this client ID.');
    case 'incorrect_client_credentials':
    case 'invalid_client':
    case 'unauthorized_client':
      return new AppError('provider_refused_client', 'GitHub does not accept the client ID or secret of your app.');
    case 'redirect_uri_mismatch':
      return new AppError('provider_refused_client', 'The callback address is not registered with your GitHub app.', {
        remedy: 'Add the callback address shown in Trackeep Tray to the settings of your GitHub app.',
      });
    case 'application_suspended':
      return new AppError('provider_refused_client', 'GitHub has suspended your app.', {
        remedy: 'Write to GitHub support, or use another app.',
      });
    case 'unverified_user_email':
      return new AppError('forbidden', 'GitHub wants your email address verified first.', {
        remedy: 'Verify your primary email address at GitHub, then start again.',
        action: 'connect',
      });
    case 'bad_refresh_token':
    case 'invalid_grant':
      return new AppError('needs_reconnect', 'GitHub no longer accepts the stored sign-in.');
    default:
      return new AppError('provider_error', `GitHub refused with ${readableCode(error)}.`);
  }
}

/** An error code fit to be shown: anything but a plain word may be a page, or an attempt to be one. */
function readableCode(error: string): string {
  return /^[\w.-]{1,60}$/.test(error) ? `"${error}"` : 'an error it did not explain';
}

/** An answer that is not GitHub's own: a proxy's page, a captive portal, something cut short. */
export function notGitHub(status: number, cause?: unknown): AppError {
  return new AppError('provider_error', `Something other than GitHub answered (status ${status}).`, {
    cause,
    remedy: 'Check whether a proxy or a Wi-Fi sign-in page stands in between. Nothing is lost; it is tried again.',
  });
}

/** GitHub has trouble of its own. */
export function gitHubTrouble(status: number, cause?: unknown): AppError {
  return new AppError('provider_error', `GitHub has trouble right now (status ${status}).`, { cause });
}

/** What Octokit's RequestError is made of, told by its shape: its class is loaded late. */
export interface RequestFailure extends Error {
  status: number;
  response?: { headers: Record<string, string | number | undefined>; data: unknown };
}

export function isRequestFailure(error: unknown): error is RequestFailure {
  return error instanceof Error && 'status' in error && typeof error.status === 'number' && 'request' in error;
}

/** Whether GitHub itself answered. All its API errors are JSON objects; a proxy's 401 or 403 is a page. */
export function isGitHubsOwn({ response }: RequestFailure): boolean {
  return typeof response?.data === 'object' && response.data !== null && !(response.data instanceof ArrayBuffer);
}

/**
 * An answer of the REST API that is an error, as an AppError; limits and refused tokens are dealt with before.
 * What is no answer (a signal that aborted) stays as it is.
 *
 * @param leadsToGitHub whether a person may be sent to an address in GitHub's name
 */
export function apiError(error: unknown, leadsToGitHub: (address: string) => boolean): unknown {
  if (error instanceof AppError || !isRequestFailure(error)) return error;
  if (error.cause instanceof AppError) return error.cause;
  const { status, response } = error;
  if (!response) return new AppError('offline', 'GitHub cannot be reached.', { cause: error });
  if (!isGitHubsOwn(error)) return status >= 500 ? gitHubTrouble(status, error) : notGitHub(status, error);
  if (status >= 500) return gitHubTrouble(status, error);
  if (status === 404 || status === 410) {
    return new AppError('not_found', 'GitHub has nothing there, or nothing that this account may see.', {
      cause: error,
    });
  }
  const sso = ssoAddress(response.headers['x-github-sso']);
  if (status === 403 && sso !== null && leadsToGitHub(sso)) {
    return new AppError('sso_required', 'An organisation wants you to sign in with its single sign-on again.', {
      cause: error,
      url: sso,
    });
  }
  if (status === 403 || status === 451) {
    return new AppError('forbidden', 'GitHub does not allow this account to do that.', { cause: error });
  }
  return new AppError('provider_error', `GitHub refused the request (status ${status}).`, { cause: error });
}

/**
 * The link of `X-GitHub-SSO: required; url=…`.
 * @see https://docs.github.com/en/rest/authentication/authenticating-to-the-rest-api#about-authentication-for-sso
 */
function ssoAddress(header: string | number | undefined): string | null {
  const [, address = ''] = /^required;\s*url=(\S+)$/i.exec(String(header ?? '')) ?? [];
  return URL.canParse(address) ? address : null;
}
