import { createHmac, randomBytes } from 'node:crypto'

const prefix = 'whsec_'

/** A new secret in the form that receivers' libraries take: 32 random bytes (Standard Webhooks: 24 to 64). */
export function newWebhookSecret(): string {
  return `${prefix}${randomBytes(32).toString('base64')}`
}

/**
 * The headers of one try (Standard Webhooks, symmetric `v1`): the id is the event's and stays, the time is that of the try,
 * so that a receiver that refuses old requests takes a late one. With two secrets there are two signatures, and whoever
 * knows either is content.
 * @param at seconds are kept. @param secrets `whsec_…`, newest first.
 */
export function signatureHeaders(
  message: { readonly id: string; readonly at: Date; readonly body: string },
  secrets: readonly string[],
): Readonly<Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string>> {
  const seconds = String(Math.floor(message.at.getTime() / 1_000))
  const sign = (secret: string) => {
    const key = Buffer.from(secret.slice(prefix.length), 'base64')
    return `v1,${createHmac('sha256', key).update(`${message.id}.${seconds}.${message.body}`).digest('base64')}`
  }
  return {
    'webhook-id': message.id,
    'webhook-timestamp': seconds,
    'webhook-signature': secrets.map(sign).join(' '),
  }
}
