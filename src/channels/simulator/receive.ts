import { attemptParameter } from '../../domain/hook-path.ts'
import { type MessageStatus, statusRanks } from '../../domain/message.ts'
import { isRecord } from '../../domain/outside-data.ts'
import type { Sender } from '../../domain/sender.ts'
import { type Heard, type RawHook, Unauthentic } from '../connector.ts'
import { type FailureKind, failures } from '../failures.ts'
import { settingsOf } from './settings.ts'
import { signatureFits, signatureHeader } from './signature.ts'

/** @throws Unauthentic */
export function verify(hook: RawHook, sender: Sender): void {
  if (!signatureFits(hook.headers[signatureHeader], settingsOf(sender).secret, hook))
    throw new Unauthentic('the signature does not fit')
}

/**
 * What the simulated provider says: `{"events": [...]}`, each event one of
 * `{"type": "message", "id", "from", "text"}` and `{"type": "status", "id", "status", "failure"?}`.
 */
export function parse(hook: RawHook): readonly Heard[] {
  const token = URL.canParse(hook.url) ? new URL(hook.url).searchParams.get(attemptParameter) : null
  const events = eventsIn(hook.body)
  if (events === null) return [{ kind: 'ignored', why: 'no list of events' }]
  return events.map((event) => heardOf(event, token))
}

function eventsIn(body: Buffer): readonly unknown[] | null {
  try {
    const json: unknown = JSON.parse(body.toString('utf8'))
    return isRecord(json) && Array.isArray(json.events) ? json.events : null
  } catch {
    return null
  }
}

function heardOf(event: unknown, token: string | null): Heard {
  if (!isRecord(event) || typeof event.id !== 'string') return { kind: 'ignored', why: 'an event without an id' }
  const { id, at } = event
  const time = typeof at === 'string' && !Number.isNaN(Date.parse(at)) ? new Date(at) : null
  if (event.type === 'message' && typeof event.from === 'string' && typeof event.text === 'string')
    return {
      kind: 'message',
      providerId: id,
      from: event.from,
      text: event.text,
      media: [],
      at: time,
      keyword: null,
      providerAnswersKeywords: false,
    }
  if (event.type === 'status' && isStatus(event.status)) {
    const kind = isFailure(event.failure) ? event.failure : 'refused-for-now'
    const failure = event.status === 'failed' ? { kind, providerCode: null } : null
    return { kind: 'status', providerId: id, attemptToken: token, status: event.status, failure, at: time }
  }
  return { kind: 'ignored', why: 'an event of a kind we do not know' }
}

const isStatus = (value: unknown): value is MessageStatus =>
  typeof value === 'string' && Object.hasOwn(statusRanks, value) && value !== 'unknown'

const isFailure = (value: unknown): value is FailureKind => typeof value === 'string' && Object.hasOwn(failures, value)
