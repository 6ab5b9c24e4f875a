import { createHash } from 'node:crypto'
import type { Sender } from '../domain/sender.ts'
import type { Outgoing, PushDevice } from './connector.ts'
import { SendFailure } from './failures.ts'

/**
 * What every push carries. The first six fields are those of the original's PushMessage, by which an app written for it
 * knows what to do; `title` and `body` are for an app that draws the notification itself.
 */
export interface PushPayload {
  readonly id: string
  readonly brandId: string
  readonly message: string
  readonly backendService: 'c2m'
  /** Milliseconds: the original's apps take it for the notification's own life. */
  readonly lookBackPeriod?: number
  readonly campaignInfo?: { readonly campaignId: string; readonly engagementId: string }
  readonly title?: string
  readonly body: string
}

/** Characters a locked phone shows of a notification; what a too large push is cut to, the whole text being in `message`. */
const shownCharacters = 178

/** @param short cuts the shown text, for a push that would otherwise be too large; `message` stays whole. */
export function pushPayload(out: Outgoing, sender: Sender, short = false): PushPayload {
  const { campaign, title } = out
  const text = pushedText(out)
  const characters = [...text]
  const isCut = short && characters.length > shownCharacters
  return {
    id: out.messageId,
    brandId: sender.accountId,
    message: text,
    backendService: 'c2m',
    ...(campaign === null
      ? {}
      : {
          lookBackPeriod: campaign.lookBackMinutes * 60_000,
          campaignInfo: { campaignId: campaign.campaignId, engagementId: campaign.engagementId },
        }),
    ...(title === null ? {} : { title }),
    body: isCut ? `${characters.slice(0, shownCharacters - 1).join('')}…` : text,
  }
}

/** A file is told by its caption, else by its name; the app shows it from the chat. */
export function pushedText({ text, media }: Outgoing): string {
  return text.trim() === '' && media !== null ? media.fileName : text
}

/**
 * The first of the whole push and the one with a short body that fits; `make` gives the push service's form of a payload.
 * @throws SendFailure `content-rejected` when even the short one is larger than `most` bytes.
 */
export function fittingPush<T>(
  out: Outgoing,
  sender: Sender,
  most: number,
  make: (payload: PushPayload) => { readonly push: T; readonly bytes: number },
): T {
  for (const short of [false, true]) {
    const { push, bytes } = make(pushPayload(out, sender, short))
    if (bytes <= most) return push
  }
  throw new SendFailure('content-rejected', { detail: `the push would be larger than ${most} bytes` })
}

/** @throws SendFailure `device-gone` when there is no device of this push service to push to. */
export function deviceOn(platform: PushDevice['platform'], out: Outgoing): PushDevice {
  if (out.device?.platform !== platform)
    throw new SendFailure('device-gone', { detail: `there is no device that is reached over ${platform}` })
  return out.device
}

/** A UUID made of the attempt's token: the same for the same attempt, so a push service's own id of a push is known before it is sent. */
export function pushId(out: Outgoing): string {
  const bytes = createHash('sha256').update(`push ${out.attemptToken}`).digest().subarray(0, 16)
  // RFC 9562: version 8 (our own making), variant 10.
  bytes[6] = (bytes[6]! & 0x0f) | 0x80
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** What people read in this push, cut or whole: an exchange is recorded without it. */
export function pushTexts(out: Outgoing): readonly string[] {
  return [pushedText(out), ...[out.title].filter((title) => title !== null)]
}

/** Seconds the push service may keep the push for a device that is off; null: as long as it likes. */
export function pushSeconds(out: Outgoing, most: number): number | null {
  return out.ttlSeconds === null ? null : Math.min(Math.max(Math.floor(out.ttlSeconds), 0), most)
}
