/** What people see of the programs that want something of them. */
import { z } from 'zod';
import { SCOPE_NAMES } from './scopes.ts';

const Time = z.iso.datetime();

export const ScopeName = z.enum(SCOPE_NAMES);

/** A local program as it was seen from its connection. An observation, not a proof: programs can be started anew. */
export const ProcessView = z.strictObject({
  pid: z.int().positive(),
  name: z.string(),
  /** The executable. */
  path: z.string().nullable(),
  observedAt: Time,
});
export type ProcessView = z.infer<typeof ProcessView>;

/**
 * How a client came to be known: it registered itself (RFC 7591), it names an address that describes it (a client ID
 * metadata document), it is part of this product, or it stands in the configuration.
 */
export const ClientKind = z.enum(['dynamic', 'metadata_document', 'built_in', 'configured']);
export type ClientKind = z.infer<typeof ClientKind>;

/** One thing that a client was allowed: a grant, with all tokens that came of it. */
export const GrantView = z.strictObject({
  id: z.string(),
  /** Where its tokens are good (RFC 8707). */
  resource: z.url(),
  scopes: z.array(ScopeName),
  /** Where the browser took the answer; null for the device grant (RFC 8628). */
  redirectHost: z.string().nullable(),
  approvedAt: Time,
  lastUsedAt: Time.nullable(),
  /** When its last token ends unless it is used before. */
  expiresAt: Time,
  /** Until then the same request is answered without asking; null: it asks each time. */
  rememberedUntil: Time.nullable(),
});
export type GrantView = z.infer<typeof GrantView>;

/** One local program that registered with the issuer. */
export const ClientView = z.strictObject({
  id: z.string(),
  kind: ClientKind,
  /** What it calls itself: a claim. */
  name: z.string().nullable(),
  redirectHosts: z.array(z.string()),
  registeredAt: Time.nullable(),
  lastUsedAt: Time.nullable(),
  /** The program last seen to use it; null where that cannot be told. */
  process: ProcessView.nullable(),
  /** When it is forgotten unless it is used before; null: never. */
  forgottenAt: Time.nullable(),
  grants: z.array(GrantView),
});
export type ClientView = z.infer<typeof ClientView>;

export const ApprovalState = z.enum(['waiting', 'approved', 'denied', 'expired']);
export type ApprovalState = z.infer<typeof ApprovalState>;

/** A client that waits for the person's word. It never holds the number. */
export const ApprovalView = z.strictObject({
  id: z.uuid(),
  state: ApprovalState,
  /** `browser`: the number stands on the page in the browser; `device`: beside the code that was typed. */
  way: z.enum(['browser', 'device']),
  client: z.strictObject({
    id: z.string(),
    kind: ClientKind,
    /** A claim. */
    name: z.string().nullable(),
    registeredAt: Time.nullable(),
  }),
  /** Where the answer goes; null for the device grant. */
  redirectHost: z.string().nullable(),
  resource: z.url(),
  /** What it asks for now. */
  scopes: z.array(ScopeName),
  /** What it was allowed before and keeps. */
  held: z.array(ScopeName),
  process: ProcessView.nullable(),
  requestedAt: Time,
  expiresAt: Time,
  /** How many wrong numbers it bears before it is denied. */
  triesLeft: z.int().nonnegative(),
});
export type ApprovalView = z.infer<typeof ApprovalView>;
