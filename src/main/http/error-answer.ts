import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ErrorCode } from '../../shared/errors.ts';
import type { AppError } from '../core/errors.ts';
import { renderPage } from '../core/page.ts';
import { errorBody } from './error-body.ts';

/** The HTTP status of every error code; the compiler asks for a new one when the table of errors grows. */
const STATUS_OF: Readonly<Record<ErrorCode, number>> = {
  config_invalid: 500,
  data_folder_unusable: 500,
  disk_full: 507,
  database_corrupt: 500,
  database_newer: 500,
  settings_corrupt: 500,
  port_in_use: 500,
  already_running: 409,
  app_not_running: 503,
  demo_unavailable: 500,

  bad_input: 400,
  not_found: 404,
  not_permitted: 403,
  session_required: 401,
  host_refused: 403,
  origin_refused: 403,
  body_too_large: 413,
  signature_invalid: 401,
  internal: 500,

  // 423 would say "locked" more literally, but belongs to WebDAV's own locks; to a caller the vault is out of service.
  vault_locked: 503,
  vault_missing: 503,
  vault_denied: 503,
  vault_unavailable: 503,
  vault_passphrase_wrong: 403,
  vault_refused: 500,

  not_connected: 409,
  account_ambiguous: 409,
  needs_reconnect: 409,
  provider_not_configured: 409,
  provider_refused_client: 502,
  device_flow_disabled: 502,
  access_denied: 403,
  code_expired: 410,
  flow_cancelled: 410,
  state_invalid: 400,
  offline: 503,
  tls_untrusted: 502,
  provider_error: 502,
  rate_limited: 429,
  sso_required: 403,
  forbidden: 403,

  number_wrong: 403,
  approval_over: 410,

  no_releases: 404,
  no_asset: 404,
  checksum_mismatch: 502,
  download_failed: 502,
};

interface AnswerDetails {
  /** Where the code's usual status is not the most precise one, such as 405. */
  status?: number;
  headers?: Readonly<Record<string, string>>;
}

/**
 * Answers with an error: JSON for programs, a page for a person who followed a link.
 */
export function sendError(
  request: IncomingMessage,
  response: ServerResponse,
  error: AppError,
  { status = STATUS_OF[error.code], headers = {} }: AnswerDetails = {},
): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const page = wantsPage(request) ? renderPage({ good: false, title: error.message, text: [error.remedy] }) : null;
  const text = page?.html ?? JSON.stringify(errorBody(error));
  response.writeHead(status, {
    ...(page?.headers ?? { 'content-type': 'application/json; charset=utf-8' }),
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    // RFC 9110 §11.6.1 wants a challenge with every 401; ours says that this is no scheme a browser could ask for.
    ...(status === 401 ? { 'www-authenticate': 'TrackeepSession' } : {}),
    ...(error.retryAt === null ? {} : { 'retry-after': new Date(error.retryAt).toUTCString() }),
    // The rest of a refused body is not worth reading.
    ...(hasUnreadBody(request) ? { connection: 'close' } : {}),
    ...headers,
  });
  response.end(request.method === 'HEAD' ? undefined : text);
}

function hasUnreadBody({ complete, headers }: IncomingMessage): boolean {
  return !complete && (headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0');
}

/** Browsers put text/html first when they open an address, and never when a page fetches one. */
function wantsPage({ headers }: IncomingMessage): boolean {
  return headers.accept?.startsWith('text/html') === true;
}
