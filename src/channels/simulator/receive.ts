import { attemptParameter } from '../../domain/hook-path.ts'
import { type MessageStatus, statusRanks } from '../../domain/message.ts'
import { isRecord } from '../../domain/outside-data.ts'
import type { Sender } from '../../domain/sender.ts'
import { type Heard, type HeardMedia, type RawHook, Unauthentic } from '../connector.ts'
import { type FailureKind, failures } from '../failures.ts'
import { isProviderFile } from './provider-files.ts'
import { settingsOf } from './settings.ts'
import { signatureFits, signatureHeader } from './signature.ts'

/** As many files as one message ever has. */
const mostMedia = 10
const mediaType = /^[a-z]{1,20}\/[a-z0-9.+-]{1,100}$/

/** @throws Unauthentic */
export function verify(hook: RawHook, sender: Sender): void {
  if (!signatureFits(hook.headers[signatureHeader], settingsOf(sender).secret, hook))
    throw new Unauthentic('the signature does not fit')
}

/**
 * What the simulated provider says: `{"events": [...]}`, each event one of
 * `{"type": "message", "id", "from", "text", "media"?: [{"url", "contentType", "fileName"?}]}` and
 * `{"type": "status", "id", "status", "failure"?}`.
 */
export function parse(hook: RawHook, sender: Sender): readonly Heard[] {
  const called = URL.canParse(hook.url) ? new URL(hook.url) : null
  const token = called?.searchParams.get(attemptParameter) ?? null
  const mediaOf = (given: unknown) => mediaIn(given, sender, called?.origin ?? '')
  const events = eventsIn(hook.body)
  if (events === null) return [{ kind: 'ignored', why: 'no list of events' }]
  return events.map((event) => heardOf(event, token, mediaOf))
}

function eventsIn(body: Buffer): readonly unknown[] | null {
  try {
    const json: unknown = JSON.parse(body.toString('utf8'))
    return isRecord(json) && Array.isArray(json.events) ? json.events : null
  } catch {
    return null
  }
}

/** The files of a message that its own provider keeps; of anything else in the list nothing is heard. */
function mediaIn(given: unknown, sender: Sender, here: string): readonly HeardMedia[] {
  if (!Array.isArray(given)) return []
  const media = given.flatMap((one: unknown): readonly HeardMedia[] => {
    if (!isRecord(one) || typeof one.url !== 'string' || !isProviderFile(one.url, sender, here)) return []
    const { url, contentType, fileName = null } = one
    if (typeof contentType !== 'string' || !mediaType.test(contentType)) return []
    if (fileName !== null && (typeof fileName !== 'string' || fileName.length > 255)) return []
    return [{ url, contentType, fileName }]
  })
  return media.slice(0, mostMedia)
}

function heardOf(event: unknown, token: string | null, mediaOf: (given: unknown) => readonly HeardMedia[]): Heard {
  if (!isRecord(event) || typeof event.id !== 'string') return { kind: 'ignored', why: 'an event without an id' }
  const { id, at } = event
  const time = typeof at === 'string' && !Number.isNaN(Date.parse(at)) ? new Date(at) : null
  if (event.type === 'message' && typeof event.from === 'string' && typeof event.text === 'string')
    return {
      kind: 'message',
      providerId: id,
      from: event.from,
      text: event.text,
      media: mediaOf(event.media),
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
