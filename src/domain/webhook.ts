/** Everything a webhook endpoint can be told, with a sentence for whoever chooses among them. */
export const webhookEventTypes = {
  'call.attempted': 'The IVR asked whether a caller can be offered messaging.',
  'invite.sent': 'A provider took the invite’s message.',
  'invite.delivered': 'The message is on the consumer’s phone.',
  'invite.read': 'The consumer has seen the message.',
  'invite.replied': 'The consumer answered.',
  'invite.failed': 'The message could not be delivered; another channel of the call may follow.',
  'invite.skipped': 'Nothing was sent, because the consumer has opted out.',
  'conversation.opened': 'A consumer’s message became a conversation.',
  'conversation.taken': 'An agent has it.',
  'conversation.transferred': 'It went to another agent or back into a queue.',
  'conversation.closed': 'It is over.',
  'opt-out.added': 'A consumer asked for no more messages.',
  'opt-out.lifted': 'A consumer allowed messages again.',
} as const satisfies Record<string, string>

export type WebhookEventType = keyof typeof webhookEventTypes
export const webhookEventNames = Object.keys(webhookEventTypes) as readonly WebhookEventType[]

/** The type of the event that is made to try an endpoint out; nobody subscribes to it. */
export const webhookTestType = 'webhook.test'

export type WebhookState = 'on' | 'paused' | 'disabled'

/** What went wrong with one attempt; a word for machines, `webhookErrors` has the sentence. */
export const webhookErrors = {
  gone: 'It answered 410: it wants no more.',
  redirect: 'It answered with a redirect, which is never followed.',
  'asked-to-wait': 'It asked to be told later (429 or 503 with Retry-After).',
  status: 'It answered with another status than 2xx.',
  timeout: 'It did not answer in time.',
  'private-network': 'Its address leads into a private network.',
  unreachable: 'No connection could be made.',
  broken: 'The connection broke before there was an answer.',
} as const satisfies Record<string, string>
export type WebhookError = keyof typeof webhookErrors

/** One try to deliver, as it is kept and shown. */
export interface WebhookAttempt {
  readonly at: Date
  /** Null: there was no answer. */
  readonly status: number | null
  readonly ms: number
  /** Null: it was delivered. */
  readonly error: WebhookError | null
  /** The beginning of what a refusal said, redacted. */
  readonly answer: string | null
}

/** The waits before each try after the first, in seconds: Standard Webhooks' own schedule, ten tries over three days. */
export const webhookDelays: readonly number[] = [
  5,
  5 * 60,
  30 * 60,
  2 * 3_600,
  5 * 3_600,
  10 * 3_600,
  14 * 3_600,
  20 * 3_600,
  24 * 3_600,
]

/** A wait is up to so much longer, so that an endpoint that was down is not met by everything at once. */
const jitter = 0.2

/**
 * Seconds until a delivery is tried again; null: it was tried often enough.
 * @param tries made so far, at least 1. @param chance from 0 to 1.
 * @param asked seconds that the receiver asked to be left alone for: they may make the wait longer, never shorter.
 */
export function nextWebhookDelay(tries: number, chance: number, asked: number | null = null): number | null {
  const delay = webhookDelays[tries - 1]
  return delay === undefined ? null : Math.max(delay * (1 + jitter * chance), asked ?? 0)
}

/** Days of nothing but failures after which an endpoint is disabled. */
export const webhookFailingDays = 5
/** Days for which events and what became of them are kept. */
export const webhookKeptDays = 30
/** Hours for which the secret before the newest one still signs. */
export const webhookRotationHours = 24
/** Endpoints of one account. */
export const mostWebhooks = 20

/** What an answer means: null, it was delivered. Success is any 2xx and nothing else (Standard Webhooks). */
export function webhookErrorOf(status: number): WebhookError | null {
  if (status >= 200 && status <= 299) return null
  if (status === 410) return 'gone'
  return status >= 300 && status <= 399 ? 'redirect' : 'status'
}

/** What is known of an endpoint that bears on the brand's health. */
export interface WebhookHealth {
  readonly endpointId: string
  readonly title: string
  readonly state: WebhookState
  readonly disabledFor: 'gone' | 'failing' | 'hand' | null
  readonly failingSince: Date | null
  readonly lastError: WebhookError | null
}

interface WebhookSentence {
  readonly level: 'error' | 'warning'
  readonly id: string
  readonly sentence: string
}

/** One sentence for each endpoint that does not get what it should. */
export function webhookSentences(endpoints: readonly WebhookHealth[]): readonly WebhookSentence[] {
  return endpoints.flatMap(
    ({ endpointId: id, title, state, disabledFor, failingSince, lastError }): WebhookSentence[] => {
      const webhook = `The webhook endpoint “${title}”`
      if (disabledFor === 'gone')
        return [{ level: 'error', id, sentence: `${webhook} is disabled: it answered 410, that it wants no more.` }]
      if (disabledFor === 'failing') {
        const sentence = `${webhook} is disabled: for ${webhookFailingDays} days nothing could be delivered to it.`
        return [{ level: 'error', id, sentence }]
      }
      if (state !== 'on' || failingSince === null) return []
      return [{ level: 'warning', id, sentence: `${webhook} fails. ${webhookErrors[lastError ?? 'unreachable']}` }]
    },
  )
}
