import { hash } from 'node:crypto';

/**
 * What a token, code or id is looked up by: whoever reads the database finds nothing that could be presented. A plain
 * hash is enough, for all of these are long and random (RFC 6749 §10.10).
 *
 * @returns 64 hexadecimal digits
 */
export function digest(secret: string): string {
  return hash('sha256', secret, 'hex');
}
