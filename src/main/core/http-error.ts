import { AppError } from './errors.ts';

/** OpenSSL's and Node's codes for "whoever answered cannot prove to be who they should be". */
const UNTRUSTED =
  /^(CERT_|UNABLE_TO_|SELF_SIGNED_CERT|DEPTH_ZERO_SELF_SIGNED|ERR_TLS_CERT_ALTNAME|INVALID_(CA|PURPOSE)|PATH_LENGTH_|HOSTNAME_MISMATCH|CRL_)/;

/** llhttp's codes: something answered, but that was not HTTP. And zlib's: it was not compressed as it says. */
const NOT_HTTP = /^(HPE_|UND_ERR_(HEADERS_OVERFLOW|RESPONSE|REQ_RETRY)|Z_|ERR_(CONTENT_DECODING|BROTLI|__ZLIB))/;

/**
 * Why a request got no answer that can be used: `tls_untrusted`, `provider_error`, or `offline` for everything that lies
 * on the way (no name, no route, refused, reset, silent).
 *
 * @param error what `fetch` or its body threw; undici wraps the reason, sometimes twice
 * @param host for the message; never the whole address, whose query may hold a secret
 */
export function toHttpError(error: unknown, host: string): AppError {
  for (const reason of reasons(error)) {
    if (reason instanceof AppError) return reason;
    const code = 'code' in reason ? String(reason.code) : '';
    if (UNTRUSTED.test(code)) {
      return new AppError('tls_untrusted', `This machine does not trust the certificate that ${host} shows.`, {
        cause: error,
      });
    }
    // undici gives its parser's errors a code only sometimes.
    if (NOT_HTTP.test(code) || reason.name === 'HTTPParserError') {
      return new AppError('provider_error', `What ${host} answered is not HTTP.`, { cause: error });
    }
  }
  return new AppError('offline', `${host} cannot be reached.`, { cause: error });
}

/** The error, its causes, and those of each address that was tried. */
function* reasons(error: unknown, depth = 0): Generator<Error> {
  if (!(error instanceof Error) || depth > 5) return;
  yield error;
  if (error instanceof AggregateError) for (const inner of error.errors) yield* reasons(inner, depth + 1);
  yield* reasons(error.cause, depth + 1);
}
