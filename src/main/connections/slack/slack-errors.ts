import { AppError } from '../../core/errors.ts';
import { readableCode } from '../provider-http.ts';

/** What the provider refused: a code or refresh token at the token endpoint, or a token at an API method. */
export type SlackRequest = 'sign_in' | 'refresh' | 'api';

/**
 * Slack's `error`, in our words. It comes with status 200 and `ok: false`, so the field decides, not the status.
 *
 * @param error the `error` field, as it came
 * @see https://docs.slack.dev/reference/methods/oauth.v2.access
 * @see https://docs.slack.dev/reference/methods/auth.test
 */
export function slackError(error: string, request: SlackRequest): AppError {
  switch (error) {
    case 'access_denied':
      return new AppError('access_denied', 'The sign-in was declined at Slack.');
    case 'invalid_code':
    case 'code_already_used':
    case 'code_expired':
    case 'invalid_code_verifier':
    case 'bad_code_verifier':
      return new AppError(
        'code_expired',
        'Slack no longer accepts this sign-in: it was used already or took too long.',
      );
    case 'invalid_client_id':
    case 'bad_client_secret':
    case 'invalid_client':
      return new AppError('provider_refused_client', 'Slack does not accept the client ID or secret of your app.');
    case 'bad_redirect_uri':
      return new AppError('provider_refused_client', 'The callback address is not registered with your Slack app.', {
        remedy: 'Add the callback address shown in Trackeep Tray to the redirect URLs of your Slack app.',
      });
    case 'invalid_scope':
    case 'no_scopes':
    case 'no_user_scopes':
      return new AppError('provider_refused_client', 'Your Slack app lacks a scope that is asked for.', {
        remedy: 'Add the user scopes that `trackeep provider slack` lists to your Slack app, then start again.',
      });
    case 'cannot_install_an_org_installed_app':
    case 'enterprise_is_restricted':
    case 'team_access_not_granted':
      return new AppError('forbidden', 'Your organisation does not allow this app in the workspace.', {
        remedy: 'Ask an administrator of your Slack organisation to approve it.',
      });
    // Of the token, or of the refresh token: gone for good, says Slack itself. An expired token can be renewed.
    case 'invalid_refresh_token':
    case 'invalid_auth':
    case 'not_authed':
    case 'token_revoked':
    case 'token_expired':
    case 'account_inactive':
      return request === 'sign_in' ? unexplained(error) : refused(request);
    case 'missing_scope':
    case 'no_permission':
    case 'not_allowed_token_type':
    case 'restricted_action':
    case 'ekm_access_denied':
    case 'accesslimited':
      return new AppError('forbidden', 'Slack does not allow this account to do that.');
    default:
      if (request === 'api' && /_not_found$/.test(error)) {
        return new AppError('not_found', 'Slack has nothing there, or nothing that this account may see.');
      }
      return unexplained(error);
  }
}

function refused(request: SlackRequest): AppError {
  const what = request === 'refresh' ? 'the stored sign-in' : 'the token';
  return new AppError('needs_reconnect', `Slack no longer accepts ${what}.`);
}

function unexplained(error: string): AppError {
  return new AppError('provider_error', `Slack refused with ${readableCode(error)}.`);
}
