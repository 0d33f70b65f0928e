import { ERRORS, type ErrorCode, type RemedyAction } from '../../shared/error-codes.ts';
import type { ErrorView } from '../../shared/errors.ts';
import { isoOrNull } from '../core/iso-time.ts';

export type { ErrorCode, ErrorView };

export interface AppErrorOptions {
  /** What went wrong underneath. Goes to the log (redacted), never to a person or a client. */
  cause?: unknown;
  /** Replaces the code's usual remedy. */
  remedy?: string;
  /** Replaces the code's usual action. */
  action?: RemedyAction;
  /** When trying again makes sense, in ms since the epoch. */
  retryAt?: number;
  /** The page that remedies it. */
  url?: string;
}

/**
 * The one error class of the product. `message` is the sentence a person reads, so it must never hold a secret;
 * what only the log may know goes into `cause`.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly remedy: string;
  readonly action: RemedyAction | null;
  readonly retryAt: number | null;
  readonly url: string | null;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    const usual: { remedy: string; action?: RemedyAction } = ERRORS[code];
    this.remedy = options.remedy ?? usual.remedy;
    this.action = options.action ?? usual.action ?? null;
    this.retryAt = options.retryAt ?? null;
    this.url = options.url ?? null;
  }

  /** The public form: what leaves the process. */
  toView(): ErrorView {
    return {
      code: this.code,
      message: this.message,
      remedy: this.remedy,
      action: this.action,
      retryAt: isoOrNull(this.retryAt),
      url: this.url,
    };
  }
}

/** Any thrown value as an AppError; what is not one already becomes `internal` with the original as its cause. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  return new AppError('internal', 'Something went wrong inside Trackeep Tray.', { cause: error });
}

/** The error that another process of ours has put into its public form. */
export function fromErrorView({ code, message, remedy, action, retryAt, url }: ErrorView): AppError {
  return new AppError(code, message, {
    remedy,
    ...(action === null ? {} : { action }),
    ...(retryAt === null ? {} : { retryAt: Date.parse(retryAt) }),
    ...(url === null ? {} : { url }),
  });
}

/** Whether `error` is an AppError of one of `codes`. */
export function hasCode(error: unknown, ...codes: ErrorCode[]): error is AppError {
  return error instanceof AppError && codes.includes(error.code);
}
