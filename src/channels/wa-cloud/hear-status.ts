import type { MessageStatus } from '../../domain/message.ts'
import type { Heard, HeardStatus } from '../connector.ts'
import { type Fields, fieldsOf, listOf, messageIdOf, textOf } from './call-graph.ts'
import { metaError, statusFailure } from './error-codes.ts'
import { timeOf } from './time.ts'

/** `played` is said of a voice message, which was heard then. `deleted` and new words are in nobody's favour. */
const ours: Readonly<Record<string, MessageStatus>> = {
  sent: 'sent',
  delivered: 'delivered',
  read: 'read',
  played: 'read',
  failed: 'failed',
}

/** One status of a message of ours. `read` may come without `delivered`, and any order is possible. */
export function hearStatus(status: Fields): Heard {
  const providerId = messageIdOf(status.id)
  if (providerId === '') return { kind: 'ignored', why: 'a status that names no message' }
  const word = textOf(status.status)
  const heard = Object.hasOwn(ours, word) ? ours[word] : undefined
  if (heard === undefined) return { kind: 'ignored', why: 'a status we do not know' }
  const token = textOf(status.biz_opaque_callback_data)
  const error = metaError(listOf(status.errors)[0])
  return {
    kind: 'status',
    providerId,
    attemptToken: /^[\w-]{1,200}$/.test(token) ? token : null,
    status: heard,
    failure: heard === 'failed' ? { kind: statusFailure(error), providerCode: error.code } : null,
    at: timeOf(status.timestamp),
    ...billedAs(fieldsOf(status.pricing)),
  }
}

/** Prices are by category (`marketing`, `utility`, ...); inside the window utility and service messages are free. */
function billedAs({ billable, category }: Fields): Pick<HeardStatus, 'billed'> {
  const word = textOf(category).toLowerCase()
  if (typeof billable !== 'boolean' || !/^[a-z][a-z_]{0,39}$/.test(word)) return {}
  return { billed: { billable, category: word } }
}
