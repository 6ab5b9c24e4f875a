import { randomUUID } from 'node:crypto'
import type { Exchange } from '../channels/http.ts'
import type { DbOrTx } from './db.ts'

export interface ExchangeContext {
  readonly callId: string | null
  readonly messageId: string | null
  readonly senderId: string | null
  /** `out`: we asked the provider. `in`: it called us. */
  readonly direction: 'out' | 'in'
}

/** Keeps one exchange with a provider, which must be redacted already: why did this person not get it? */
export async function recordExchange(
  tx: DbOrTx,
  accountId: string,
  context: ExchangeContext,
  exchange: Exchange,
): Promise<void> {
  await tx`
    insert into provider_exchanges (account_id, exchange_id, at, call_id, message_id, sender_id, direction, method, url,
      request_body, status, answer_body, failure, duration_ms)
    values (${accountId}, ${randomUUID()}, ${exchange.startedAt}, ${context.callId}, ${context.messageId},
      ${context.senderId}, ${context.direction}, ${exchange.method}, ${exchange.url}, ${exchange.requestBody},
      ${exchange.status}, ${exchange.answerBody}, ${exchange.failure}, ${Math.round(exchange.durationMs)})`
}
