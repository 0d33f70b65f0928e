/** Removes secrets from text on its way out: those it was told of, and whatever looks like one. */
export interface Redactor {
  /** From now on this exact value is removed wherever it turns up. Values too short to be secrets are ignored. */
  learn(secret: string): void;
  redact(text: string): string;
}

const GONE = '[redacted]';
const SHORTEST_SECRET = 8;
/** The newest secrets are kept; an app that runs for months refreshes many tokens, and old ones are dead. */
const MOST_LEARNED = 5_000;

/** What tokens look like, whoever issued them. The pattern's first group, where there is one, is kept. */
const PATTERNS: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----/g,
  /\b(?:gh[a-z]_[A-Za-z0-9]{16,}|github_pat_\w{20,})/g,
  /\bxox[a-z]-[\w-]{10,}|\bxoxe\.[\w.-]{10,}/g,
  // Compact JWS and JWE (RFC 7515, RFC 7516).
  /\beyJ[\w-]{8,}\.[\w-]*\.[\w-]*(?:\.[\w-]*){0,2}/g,
  /\b((?:bearer|basic|token)\s+)[\w.~+/=-]{8,}/gi,
  // As a query parameter, a form field or a JSON member.
  /((?:access_token|refresh_token|id_token|client_secret|code_verifier|device_code|password|passphrase)["']?\s*[=:]\s*["']?)[^\s"'&,;}]{6,}/gi,
  // Only in addresses: a member named "code" holds our own error codes.
  /([?&#](?:code|state|login|token)=)[^\s"'&#]+/gi,
];

export function createRedactor(): Redactor {
  const learned = new Set<string>();
  return {
    learn(secret) {
      if (secret.length < SHORTEST_SECRET) return;
      learned.delete(secret);
      learned.add(secret);
      const [oldest] = learned;
      if (learned.size > MOST_LEARNED && oldest !== undefined) learned.delete(oldest);
    },
    redact(text) {
      let clean = text;
      for (const secret of learned) clean = clean.replaceAll(secret, GONE);
      for (const pattern of PATTERNS) {
        clean = clean.replace(pattern, (_match, kept: unknown) => (typeof kept === 'string' ? `${kept}${GONE}` : GONE));
      }
      return clean;
    },
  };
}
