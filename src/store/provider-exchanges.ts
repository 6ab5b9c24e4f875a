import { randomUUID } from 'node:crypto'
import type { Exchange } from '../channels/http.ts'
import { leaveForCommit } from './closing-statements.ts'
import type { DbOrTx } from './db.ts'

export interface ExchangeContext {
  readonly callId: string | null
  readonly messageId: string | null
  readonly senderId: string | null
  /** `out`: we asked the provider. `in`: it called us. */
  readonly direction: 'out' | 'in'
}

/** PostgreSQL keeps no NUL and no half of a surrogate pair; a provider's garbage must not cost us the outcome beside it. */
const storable = (text: string | null): string | null => text?.replaceAll('\0', '').toWellFormed() ?? null

/**
 * Keeps one exchange with a provider, which must be redacted already: why did this person not get it? In a tx it is stored
 * with the COMMIT.
 */
export async function recordExchange(
  tx: DbOrTx,
  accountId: string,
  context: ExchangeContext,
  exchange: Exchange,
): Promise<void> {
  const exchangeId = randomUUID()
  const insert = () => tx`
    insert into provider_exchanges (account_id, exchange_id, at, call_id, message_id, sender_id, direction, method, url,
      request_body, status, answer_body, failure, duration_ms)
    values (${accountId}, ${exchangeId}, ${exchange.startedAt}, ${context.callId}, ${context.messageId},
      ${context.senderId}, ${context.direction}, ${exchange.method}, ${storable(exchange.url)}, ${storable(exchange.requestBody)},
      ${exchange.status}, ${storable(exchange.answerBody)}, ${storable(exchange.failure)}, ${Math.round(exchange.durationMs)})`
  if (!leaveForCommit(tx, insert)) await insert()
}
