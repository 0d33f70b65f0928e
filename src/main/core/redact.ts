/** Removes secrets from text on its way out: those it was told of, and whatever looks like one. */
export interface Redactor {
  /** From now on this exact value is removed wherever it turns up. Values too short to be secrets are ignored. */
  learn(secret: string): void;
  redact(text: string): string;
}

export const GONE = '[redacted]';
const SHORTEST_SECRET = 8;
/** The newest secrets are kept; an app that runs for months refreshes many tokens, and old ones are dead. */
const MOST_LEARNED = 5_000;

/** Names of fields and parameters whose value is a secret, in snake case, camel case and with dashes alike. */
const SECRET_NAMES =
  '(?:access|refresh|id|login|session|bearer)[_-]?token|client[_-]?secret|code[_-]?verifier|device[_-]?code|pass(?:word|phrase)|private[_-]?key';

/** What secrets look like, whoever issued them. Where a pattern has a group, that is what stands before the secret. */
const PATTERNS: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  // GitHub: gho_, ghp_, ghr_, ghs_, ghu_ and fine-grained personal tokens.
  /gh[oprsu]_\w{10,}|github_pat_\w{10,}/g,
  // Slack, its refresh and configuration tokens included.
  /xox[a-z](?:\.xox[a-z])?-[\w-]{8,}|xapp-[\w-]{8,}/g,
  // Compact JWS and JWE (RFC 7515, RFC 7516). The second part of a JWE with a direct key is empty.
  /eyJ[\w-]{6,}\.[\w-]*\.[\w-]*(?:\.[\w-]*){0,2}/g,
  /\b((?:bearer|basic|token)\s+)[\w.~+/=-]{8,}/gi,
  // Form fields, query parameters, JSON members (also JSON inside JSON), and "name: value".
  new RegExp(`((?:${SECRET_NAMES})\\\\?["']?\\s*[=:]\\s*\\\\?["']?)[^\\s"'\\\\&,;}]{4,}`, 'gi'),
  // Words that mean something else outside an address or a form: our own error codes are members named "code".
  /((?:^|[?&#\s"'])(?:code|state|login|token|assertion)=)[^\s"'&#]+/gi,
  // Credentials in an address.
  /(\bhttps?:\/\/)[^\s/@"']+@/gi,
];

export function createRedactor(): Redactor {
  const learned = new Set<string>();
  return {
    learn(secret) {
      if (secret.length < SHORTEST_SECRET) return;
      for (const form of formsOf(secret)) {
        learned.delete(form);
        learned.add(form);
      }
      for (const oldest of learned) {
        if (learned.size <= MOST_LEARNED) break;
        learned.delete(oldest);
      }
    },
    redact(text) {
      let clean = text;
      for (const secret of learned) clean = clean.replaceAll(secret, GONE);
      for (const pattern of PATTERNS) {
        clean = clean.replace(pattern, (_match, before: unknown) =>
          typeof before === 'string' ? before + GONE : GONE,
        );
      }
      return clean;
    },
  };
}

/** A secret as it may stand in an address, in JSON, or behind "Basic". */
function formsOf(secret: string): Set<string> {
  return new Set([
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    Buffer.from(secret).toString('base64'),
    Buffer.from(secret).toString('base64url'),
  ]);
}
