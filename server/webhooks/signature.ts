import { createHmac, randomBytes } from 'node:crypto'

const PREFIX = 'whsec_'

/** A new secret of a webhook: whsec_ and base64 of 32 random bytes. */
export function createWebhookSecret(): string {
  return PREFIX + randomBytes(32).toString('base64')
}

/**
 * Value of the header webhook-signature, as Standard Webhooks has it: for each secret `v1,` and the base64 of
 * HMAC-SHA256 over `ID.TIMESTAMP.BODY`, with a space between them. `timestamp` in seconds since 1970.
 */
export function signWebhook(secrets: readonly string[], id: string, timestamp: number, body: string): string {
  return secrets.map((secret) => `v1,${createHmac('sha256', Buffer.from(secret.slice(PREFIX.length), 'base64')).update(`${id}.${timestamp}.${body}`).digest('base64')}`).join(' ')
}
