/** `X-Hub-Signature-256`, of the form that GitHub sends. What has another is refused before anything is read. */
export function isSignature(header: string | undefined): header is string {
  return header !== undefined && /^sha256=[0-9a-f]{64}$/.test(header);
}

/**
 * Whether one of the secrets signed these very bytes (HMAC-SHA256, compared in constant time).
 *
 * @see https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
 */
export async function isSigned(body: Buffer, signature: string, secrets: readonly string[]): Promise<boolean> {
  // The library signs text. Bytes that are no UTF-8 come out of the detour otherwise than they were, and so unsigned.
  const text = body.toString('utf8');
  if (text === '') return false;
  const { Webhooks } = await import('@octokit/webhooks');
  for (const secret of secrets) {
    if (await new Webhooks({ secret }).verify(text, signature)) return true;
  }
  return false;
}
