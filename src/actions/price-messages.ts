import type { Connector, HeardPrice, HeardStatus } from '../channels/connector.ts'
import { SendFailure } from '../channels/failures.ts'
import type { Exchange } from '../channels/http.ts'
import type { Deps } from '../deps.ts'
import type { AccountConfig } from '../domain/account.ts'
import { statusClimbs } from '../domain/message.ts'
import type { Sender } from '../domain/sender.ts'
import { atomic } from '../store/db.ts'
import { settleByTable, settleCost } from '../store/message-costs.ts'
import { type PriceQuestion, takePriceQuestions } from '../store/price-questions.ts'
import { recordExchange } from '../store/provider-exchanges.ts'
import { keepStatus } from '../store/take-status.ts'

/** Messages of one run, and of them at once: a backlog is worked off without crowding out what is being sent. */
const most = 40
const together = 4

/**
 * Finds out what messages have cost, over all brands: asks the provider where it can be asked, and else looks into the
 * account's price table. A provider that does not know yet is asked again a few times, and the table has the last word.
 * What it says of a message's status counts like a status callback: those may have been lost (WI-06).
 * Safe to run in several processes at once.
 * @returns seconds until it had better run again: at once after a full round, else when the clock says.
 */
export async function priceMessages(deps: Deps): Promise<number> {
  const questions = await takePriceQuestions(deps.db, most)
  for (let from = 0; from < questions.length; from += together)
    await Promise.all(questions.slice(from, from + together).map((question) => priceOne(deps, question)))
  return questions.length === most ? 0 : Infinity
}

async function priceOne(deps: Deps, question: PriceQuestion): Promise<void> {
  const { accountId, messageId } = question
  try {
    const config = await deps.accounts.get(accountId)
    const heard = await ask(deps, question, config)
    if (config !== null && heard.status !== undefined && statusClimbs(question.status, heard.status.status))
      await takeUp(deps, config, question, heard.status)
    if (heard.kind === 'later' && !question.last) return
    await atomic(deps.db, (tx) => {
      if (heard.kind === 'known') return settleCost(tx, accountId, messageId, { ...heard.money, source: 'provider' })
      return heard.kind === 'free'
        ? settleCost(tx, accountId, messageId, null)
        : settleByTable(tx, accountId, messageId)
    })
  } catch (error) {
    deps.log.error({ err: error, accountId, messageId }, 'a message could not be priced')
  }
}

type Said = HeardPrice & { readonly status?: HeardStatus }

async function takeUp(deps: Deps, config: AccountConfig, question: PriceQuestion, heard: HeardStatus): Promise<void> {
  const { accountId, messageId, senderId } = question
  const sender = config.senders.get(senderId)
  if (sender === undefined) return
  const scene = { sender, receivedAt: deps.clock.now(), optOutScope: config.settings?.optOutScope ?? 'all' } as const
  await atomic(deps.db, (tx) => keepStatus(tx, scene, heard))
  deps.log.info({ accountId, messageId, status: heard.status }, 'a status was learned by asking')
}

async function ask(deps: Deps, question: PriceQuestion, config: AccountConfig | null): Promise<Said> {
  const { accountId, senderId, last } = question
  const sender = config?.senders.get(senderId)
  const connector = deps.connectors.get(sender?.connector ?? '')
  // Who tells of each message that is billed has not billed one that it never told of.
  if (connector?.tellsBilling === true) return { kind: last ? 'free' : 'later' }
  if (sender === undefined || connector?.readPrice === undefined) return { kind: 'none' }
  if (!sender.enabled || deps.circuits.state(accountId, senderId) === 'open') return { kind: 'later' }
  return askProvider(deps, question, sender, connector.readPrice)
}

async function askProvider(
  deps: Deps,
  question: PriceQuestion,
  sender: Sender,
  readPrice: NonNullable<Connector['readPrice']>,
): Promise<Said> {
  const { accountId, messageId, senderId, providerId } = question
  const exchanges: Exchange[] = []
  try {
    return await readPrice(
      providerId,
      sender,
      deps.outbound(sender, (exchange) => exchanges.push(exchange)),
    )
  } catch (error) {
    const kind = error instanceof SendFailure ? error.kind : 'unknown-outcome'
    deps.log.warn({ err: error, accountId, messageId, connector: sender.connector, kind }, 'a price could not be read')
    // Of those that went well nothing is kept: one more for each message would tell nobody anything.
    const context = { callId: null, messageId, senderId, direction: 'out' } as const
    for (const exchange of exchanges) await recordExchange(deps.db, accountId, context, exchange)
    return { kind: 'later' }
  }
}
