import { z } from 'zod';
import { AppError } from '../../core/errors.ts';

const Login = z.string().regex(/^[\w-]{1,100}$/);
const Id = z
  .int()
  .positive()
  .transform((id) => String(id));
const Secret = z.string().regex(/^[\x21-\x7e]{1,512}$/);
/** Words such as `contents: write`. What GitHub adds one day is kept as it is. */
const Permissions = z.record(z.string().max(64), z.string().max(32)).catch({});

/** `GET /app` */
export const AppAnswer = z.object({
  id: Id,
  slug: z.string().regex(/^[\w-]{1,100}$/),
  name: z.string().min(1).max(100),
  client_id: Secret.nullish(),
  // An enterprise has a slug in the place of a login.
  owner: z.object({ login: Login }).nullish().catch(null),
});
export type AppAnswer = z.infer<typeof AppAnswer>;

/** `POST /app-manifests/{code}/conversions` */
export const ConversionAnswer = AppAnswer.extend({
  client_id: Secret,
  client_secret: Secret,
  /** None for an app without a webhook. */
  webhook_secret: Secret.nullish(),
  pem: z.string().min(1).max(20_000),
});
export type ConversionAnswer = z.infer<typeof ConversionAnswer>;

/** One entry of `GET /app/installations` */
export const InstallationAnswer = z.object({
  id: Id,
  account: z.object({ id: Id, login: Login, type: z.string().catch('User') }),
  repository_selection: z.enum(['all', 'selected']).catch('selected'),
  permissions: Permissions,
  suspended_at: z.string().nullish(),
});
export type InstallationAnswer = z.infer<typeof InstallationAnswer>;

/** `POST /app/installations/{id}/access_tokens` */
export const TokenAnswer = z.object({
  token: z.string().regex(/^[\x21-\x7e]{1,16384}$/),
  expires_at: z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)),
  permissions: Permissions,
  repository_selection: z.enum(['all', 'selected']).catch('all'),
  repositories: z
    .array(z.object({ id: Id, name: z.string() }))
    .optional()
    .catch(undefined),
});
export type TokenAnswer = z.infer<typeof TokenAnswer>;

/**
 * @param what for the message, such as "the app"
 * @throws AppError `provider_error` that names the odd fields and shows no value: it may be a secret
 */
export function readAnswer<T extends z.ZodType>(schema: T, data: unknown, what: string): z.output<T> {
  const answer = schema.safeParse(data);
  if (answer.success) return answer.data;
  const fields = [...new Set(answer.error.issues.map((issue) => issue.path.join('.') || 'answer'))].join(', ');
  throw new AppError('provider_error', `What GitHub said about ${what} makes no sense.`, {
    cause: new Error(`unexpected fields: ${fields}`),
  });
}

/** GitHub's own sentence about a refusal, for telling refusals apart; never shown. */
export function reasonOf(data: unknown): string {
  return typeof data === 'object' && data !== null ? String(Reflect.get(data, 'message') ?? '') : '';
}
