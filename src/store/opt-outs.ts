import { randomUUID } from 'node:crypto'
import type { Channel } from '../domain/channel.ts'
import { addressesOfMessage, addressesOfRow } from './addresses-of.ts'
import type { Statement } from './closing-statements.ts'
import type { DbOrTx } from './db.ts'
import { touchConversation } from './touched.ts'
import { recordStep } from './transactions.ts'
import { tellOptOut } from './webhook-events.ts'

/** Where a word about opting out came from; an agent's or an API caller's is written by its own deed. */
export type OptOutSource = 'keyword' | 'provider' | 'provider-refusal' | 'agent' | 'api'

export interface OptOutWord {
  /** The consumer's address on the channel: E.164, or the brand's consumer id in its app. */
  readonly address: string
  readonly channel: Channel
  readonly source: OptOutSource
  /** What proves it: the word as written, or the provider's code. At most 200 characters are kept. */
  readonly evidence: string | null
  readonly senderId: string | null
  /** When the provider says that it was said; absent: it does not say. */
  readonly saidAt?: Date | null
}

/** The channels that a consumer has stopped; `*`: all. */
export type OptOuts = ReadonlySet<Channel | '*'>

/** @param addresses all under which the consumer is known: a STOP of any of them counts. */
export async function optOutsAt(tx: DbOrTx, accountId: string, addresses: readonly string[]): Promise<OptOuts> {
  const rows = await tx<{ channel: Channel | '*' }[]>`
    select channel from opt_outs
    where account_id = ${accountId} and address = any(${[...addresses]}::text[]) and lifted_at is null`
  return new Set(rows.map(({ channel }) => channel))
}

export const forbids = (optOuts: OptOuts, channel: Channel): boolean => optOuts.has(channel) || optOuts.has('*')

/** Whether this address has stopped this channel, or everything. */
export async function isOptedOut(tx: DbOrTx, accountId: string, address: string, channel: Channel): Promise<boolean> {
  return forbids(await optOutsAt(tx, accountId, [address]), channel)
}

/** SQL: whether the consumer of the row `c`, a conversation, has stopped its channel, under whichever address. */
export const stoppedInRow = (db: DbOrTx): Statement => db`
  exists(select from (${addressesOfRow(db)}) known join opt_outs o on o.address = known.address
    where o.account_id = c.account_id and o.channel in (c.channel, '*') and o.lifted_at is null)`

/** Whether the consumer of a conversation has stopped its channel. */
export async function isOptedOutIn(tx: DbOrTx, accountId: string, conversationId: string): Promise<boolean> {
  const [row] = await tx<{ stopped: boolean }[]>`
    select ${stoppedInRow(tx)} as stopped from conversations c
    where c.account_id = ${accountId} and c.conversation_id = ${conversationId}`
  return row?.stopped ?? false
}

/**
 * The check of the tx that claims an attempt, under `lockConsumerOfMessage`: whether an opt-out forbids this message now
 * (P4), under whichever of the consumer's addresses it was recorded. Automatic answers made after the opt-out was recorded
 * are exempt: its own confirmation, and HELP, which is answered to everybody. One that was already waiting then is not, nor
 * is what our robot says by itself.
 */
export async function optOutForbids(tx: DbOrTx, accountId: string, messageId: string): Promise<boolean> {
  const [row] = await tx`
    select 1 from messages m
    cross join (${addressesOfMessage(tx, accountId, messageId)}) known
    join opt_outs o on o.account_id = m.account_id and o.address = known.address and o.channel in (m.channel, '*')
    where m.account_id = ${accountId} and m.message_id = ${messageId} and o.lifted_at is null
      and (m.kind <> 'auto' or m.message_number <= o.answers_after
        or exists(select from auto_texts t where t.account_id = m.account_id
          and t.conversation_id = m.conversation_id and t.message_id = m.message_id))
    limit 1`
  return row !== undefined
}

/**
 * Records that a consumer stopped. Scope `all` binds every channel of this address, and the channel itself besides: a
 * later START on another channel then frees that one, but not the channel on which the consumer said STOP.
 * The history gets a line each time, also when nothing changed. Call it under `lockConsumer`. All messages there are count
 * as waiting before it: whose consumer this address is too, is looked up when they are claimed.
 */
export async function recordOptOut(
  tx: DbOrTx,
  accountId: string,
  optOut: OptOutWord & { readonly scope: 'channel' | 'all' },
): Promise<{ changed: boolean }> {
  const bound = optOut.scope === 'all' ? [optOut.channel, '*'] : [optOut.channel]
  const evidence = kept(optOut.evidence)
  const changed = await tx`
    insert into opt_outs (account_id, address, channel, opted_out_at, source, evidence, answers_after)
    select ${accountId}, ${optOut.address}, bound, now(), ${optOut.source}, ${evidence},
      (select case when is_called then last_value else 0 end from messages_message_number_seq)
    from unnest(${bound}::text[]) bound
    on conflict (account_id, address, channel) do update
      set opted_out_at = excluded.opted_out_at, source = excluded.source, evidence = excluded.evidence,
        answers_after = excluded.answers_after, lifted_at = null, lifted_by = null
      where opt_outs.lifted_at is not null
    returning 1`
  await touchConversations(tx, accountId, optOut.address)
  await appendHistory(tx, accountId, optOut, false)
  if (changed.length > 0) await tellOptOut(tx, accountId, 'opt-out.added', optOut, optOut.scope)
  return { changed: changed.length > 0 }
}

/** Undoes a STOP for this channel, and with it what bound every channel. Rows of other channels stay. */
export async function liftOptOut(tx: DbOrTx, accountId: string, word: OptOutWord): Promise<{ changed: boolean }> {
  const lifted = await tx`
    update opt_outs set lifted_at = now(), lifted_by = ${word.source}
    where account_id = ${accountId} and address = ${word.address} and channel in (${word.channel}, '*') and lifted_at is null
    returning channel`
  await touchConversations(tx, accountId, word.address)
  await appendHistory(tx, accountId, word, true)
  const scope = lifted.some(({ channel }) => channel === '*') ? 'all' : 'channel'
  if (lifted.length > 0) await tellOptOut(tx, accountId, 'opt-out.lifted', word, scope)
  return { changed: lifted.length > 0 }
}

/**
 * Agents see with each conversation whether its consumer may be written to; older ones stand on no page. One that only a
 * call ties to the address tells it with its next change.
 */
async function touchConversations(tx: DbOrTx, accountId: string, address: string): Promise<void> {
  const rows = await tx<{ conversation_id: string }[]>`
    select conversation_id from conversations where account_id = ${accountId} and address = ${address}
      and (state <> 'closed' or closed_at > now() - interval '30 days')
    union
    select conversation_id from conversations
    where account_id = ${accountId} and consumer_phone = ${address} and state <> 'closed'`
  for (const row of rows) touchConversation(tx, accountId, row.conversation_id)
}

async function appendHistory(tx: DbOrTx, accountId: string, word: OptOutWord, resumed: boolean): Promise<void> {
  await tx`
    insert into opt_out_history (account_id, entry_id, address, channel, resumed, source, evidence, sender_id,
      said_at)
    values (${accountId}, ${randomUUID()}, ${word.address}, ${word.channel}, ${resumed}, ${word.source}, ${kept(word.evidence)},
      ${word.senderId}, ${word.saidAt ?? null})`
}

/**
 * Whether a word of the consumer's, typed or told by the provider's own means, is old news: told before, or overtaken by a
 * newer one of the other kind. Providers repeat themselves, and in any order. A STOP is only ever measured against the
 * provider's own clock, which no difference to ours can make it lose by. A START would undo what binds all channels, so
 * under the scope `all` it is measured against the STOPs of each. Call it under `lockConsumer`.
 * @param word.saidAt null: the provider does not say, and nothing can be known of the order.
 */
export async function isOldWord(
  tx: DbOrTx,
  accountId: string,
  word: {
    readonly address: string
    readonly channel: Channel
    readonly scope: 'channel' | 'all'
    readonly resume: boolean
    readonly saidAt: Date | null
  },
): Promise<boolean> {
  const { address, channel, scope, resume, saidAt } = word
  if (saidAt === null) return false
  const [row] = await tx`
    select 1 from opt_out_history
    where account_id = ${accountId} and address = ${address}
      and (channel = ${channel} or ${resume && scope === 'all'} and not resumed)
      and (resumed = ${resume} and said_at = ${saidAt} or resumed = ${!resume} and said_at > ${saidAt}
        or ${resume} and not resumed and said_at is null and at > ${saidAt})
    limit 1`
  return row !== undefined
}

const kept = (evidence: string | null): string | null => evidence?.slice(0, 200).toWellFormed() ?? null

/**
 * Records a STOP or START of the consumer's own, whichever way it came, and tells the call whose invite it answers.
 * @param said.callId null: it answers no invite.
 */
export async function recordWord(
  tx: DbOrTx,
  accountId: string,
  said: OptOutWord & {
    readonly word: 'stop' | 'start'
    readonly scope: 'channel' | 'all'
    readonly at: Date
    readonly callId: string | null
  },
): Promise<void> {
  const { word, at, callId, channel, source } = said
  if (word === 'stop') await recordOptOut(tx, accountId, said)
  else await liftOptOut(tx, accountId, said)
  if (callId === null) return
  if (word === 'stop')
    await tx`
      update calls set opted_out_at = ${at}
      where account_id = ${accountId} and call_id = ${callId} and opted_out_at is null`
  await recordStep(tx, accountId, callId, word === 'stop' ? 'opted-out' : 'opted-in', { channel, at, source })
}
