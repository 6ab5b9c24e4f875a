/**
 * What a message to a consumer has become. A status only climbs its rank, so that receipts in any order, any number of
 * times, end in the same state. Delivered outranks failed on purpose: with several devices a provider may report both.
 */
export const statusRanks = {
  accepted: 0,
  sending: 1,
  unknown: 2,
  sent: 3,
  failed: 4,
  delivered: 5,
  read: 6,
} as const
export type MessageStatus = keyof typeof statusRanks

/** True when `next` may replace `current`. */
export function statusClimbs(current: MessageStatus, next: MessageStatus): boolean {
  return statusRanks[next] > statusRanks[current]
}

/** Why a message never left: told apart from `failed` by its failure kind (`expired`, `opted-out`, `gave-up` included). */
export type MessageKind = 'invite' | 'reply' | 'auto' | 'text'
/** What stands in a conversation: also notes among colleagues, which are no messages and never leave. */
export const shownKinds = ['invite', 'reply', 'auto', 'text', 'note'] as const
export type ShownKind = (typeof shownKinds)[number]
export type Direction = 'in' | 'out'

/** A file of a message. From a consumer: `url` is for the connector's `fetchMedia` alone. To a consumer: a public address. */
export interface StoredMedia {
  readonly url: string
  readonly contentType: string
  readonly fileName?: string | null
}
