import type { HeardMessage } from '../channels/connector.ts'
import type { Channel } from '../domain/channel.ts'
import type { SentInvite } from '../domain/lookback.ts'
import type { Person } from '../domain/speaker.ts'
import type { AskedSurvey } from '../domain/survey.ts'
import type { Cipher } from './cipher.ts'
import type { Statement } from './closing-statements.ts'
import type { DbOrTx } from './db.ts'
import { firstPriceQuestion } from './price-questions.ts'
import { touchConversation, touchMessage } from './touched.ts'
import { uuidV7 } from './uuid-v7.ts'

/** Everything that decides what a consumer's message does. */
export interface InboundFacts {
  /** A message with this provider id is stored already. */
  readonly known: boolean
  readonly openConversationId: string | null
  /** Invites of this sender to this address that went out or may have, newest first. */
  readonly invites: readonly SentInvite[]
  readonly optedOut: boolean
  /** An opt-out is kept of them from before they were erased. */
  readonly returned: boolean
  /** Our newest message is an automatic answer, and all that stands was recorded before it. */
  readonly answeredLast: boolean
  /** This sender's provider knows of the opt-out: it was said here since all that stands was recorded, or is its refusal. */
  readonly stoppedHere: boolean
  readonly answersWithinHour: number
  /** The newest question how a conversation was that a number may still answer; null also when another was opened after it. */
  readonly survey: AskedSurvey | null
}

/** Older invites than these cannot be in their window and only tell "late" from "never invited". */
const mostInvites = 20

interface FactsRow {
  known: boolean
  open_id: string | null
  opted_out: boolean
  returned: boolean
  answered_last: boolean | null
  stopped_here: boolean
  answers: number
  survey: { conversation_id: string; asked_at: string } | null
  invites: {
    call_id: string
    skill_id: string
    sent_at: string
    lookback_minutes: number
    route_all: boolean
    conversation_id: string | null
  }[]
}

/**
 * Reads the facts in one round trip, under `lockConsumer`. An invite whose send was begun counts, whatever became of it:
 * a reply may come before the send's answer is stored (reliability WI-03), and after a carrier's mistaken "failed".
 */
export async function readInboundFacts(
  tx: DbOrTx,
  accountId: string,
  about: {
    senderId: string
    channel: Channel
    speaker: Person
    providerId: string
    cipher: Pick<Cipher, 'erasedAddress'>
  },
): Promise<InboundFacts> {
  const { senderId, channel, speaker, providerId } = about
  const addresses = [speaker.address, ...speaker.alsoKnownAs]
  const erased = addresses.map((address) => about.cipher.erasedAddress(accountId, address))
  // A push goes to several apps, and the answer comes from one of them.
  const sentBy =
    channel === 'inapp'
      ? tx`i.sender_id in (select sender_id from senders where account_id = ${accountId} and channel = 'inapp')`
      : tx`i.sender_id = ${senderId}`
  const [row] = await tx<[FactsRow]>`
    select
      exists(select 1 from messages where account_id = ${accountId} and sender_id = ${senderId}
        and provider_id = ${providerId}) as known,
      (select conversation_id from conversations where account_id = ${accountId} and sender_id = ${senderId}
        and address = any(${addresses}) and state <> 'closed' order by opened_at desc limit 1) as open_id,
      standing.since is not null as opted_out,
      exists(select from opt_out_history where account_id = ${accountId} and address = any(${[...addresses, ...erased]})
        and sender_id = ${senderId} and not resumed and source in ('keyword', 'provider', 'provider-refusal')
        and at >= standing.since) as stopped_here,
      exists(select 1 from opt_outs where account_id = ${accountId} and address = any(${erased})) as returned,
      (select kind = 'auto' and message_number > coalesce(standing.answers_after, 0) from messages where account_id = ${accountId} and address = any(${addresses}) and direction = 'out'
        order by created_at desc, message_number desc limit 1) as answered_last,
      (select count(*)::integer from messages m where account_id = ${accountId} and address = any(${addresses})
        and direction = 'out' and kind = 'auto' and created_at > now() - interval '1 hour'
        and not exists(select from auto_texts t where t.account_id = m.account_id
          and t.conversation_id = m.conversation_id and t.message_id = m.message_id)) as answers,
      (select to_jsonb(v) from surveys v join conversations c using (account_id, conversation_id)
        where c.account_id = ${accountId} and c.sender_id = ${senderId} and c.address = any(${addresses})
          and c.state = 'closed' and v.answerable_until > now()
          -- Only one is open at a time, so whichever closed later was opened later: by our clock, not by the provider's.
          and not exists(select from conversations n where n.account_id = ${accountId} and n.sender_id = ${senderId}
            and n.address = any(${addresses}) and n.closed_at > v.asked_at)
        order by v.asked_at desc limit 1) as survey,
      (select coalesce(jsonb_agg(to_jsonb(sent) order by sent.sent_at desc, sent.call_id), '[]') from (
        select i.call_id, i.skill_id, coalesce(i.sent_at, i.created_at) as sent_at, i.lookback_minutes,
          i.route_all_within_lookback as route_all, i.conversation_id
        from invites i
        where i.account_id = ${accountId} and ${sentBy} and i.address = any(${addresses})
          and (i.sent_at is not null or exists(select 1 from attempts a where a.account_id = i.account_id
            and a.message_id = i.message_id and a.state in ('claimed', 'unknown', 'sent', 'gave-up')))
        order by 3 desc limit ${mostInvites}) sent) as invites
    from (select max(opted_out_at) as since, max(answers_after) as answers_after from opt_outs
      where account_id = ${accountId} and address = any(${[...addresses, ...erased]})
        and channel in (${channel}, '*') and lifted_at is null) standing`
  return {
    known: row.known,
    openConversationId: row.open_id,
    invites: row.invites.map((invite) => ({
      callId: invite.call_id,
      skillId: invite.skill_id,
      sentAt: new Date(invite.sent_at),
      lookbackMinutes: invite.lookback_minutes,
      routeAllWithinLookback: invite.route_all,
      conversationId: invite.conversation_id,
    })),
    optedOut: row.opted_out,
    returned: row.returned,
    answeredLast: row.answered_last ?? false,
    stoppedHere: row.stopped_here,
    answersWithinHour: row.answers,
    survey: row.survey && { conversationId: row.survey.conversation_id, askedAt: new Date(row.survey.asked_at) },
  }
}

interface InboundMessage {
  readonly conversationId: string | null
  readonly callId: string | null
  readonly senderId: string
  readonly channel: Channel
  readonly address: string
  readonly providerId: string
  readonly body: string
  readonly media: HeardMessage['media']
  readonly at: Date
}

/** Stores a consumer's message, which proves that the channel reaches them. @throws the database's unique violation when the sender's provider id is known. */
export async function insertInbound(
  tx: DbOrTx,
  accountId: string,
  message: InboundMessage,
): Promise<{ messageId: string }> {
  return (await insert(tx, accountId, message, tx`true`))!
}

/** The same where the conversation may have been closed. @returns null when it was: nothing is stored then. */
export function insertIntoOpen(
  tx: DbOrTx,
  accountId: string,
  message: InboundMessage & { readonly conversationId: string },
): Promise<{ messageId: string } | null> {
  const open = tx`exists (select from conversations
    where account_id = ${accountId} and conversation_id = ${message.conversationId} and state <> 'closed')`
  return insert(tx, accountId, message, open)
}

async function insert(
  tx: DbOrTx,
  accountId: string,
  message: InboundMessage,
  when: Statement,
): Promise<{ messageId: string } | null> {
  const messageId = uuidV7(new Date())
  const media = message.media.length === 0 ? null : tx.json(message.media as never)
  const { count } = await tx`
    with stored as (
      insert into messages (account_id, message_id, conversation_id, call_id, sender_id, channel, address, direction, kind,
        body, media, provider_id, created_at)
      select ${accountId}, ${messageId}::uuid, ${message.conversationId}::uuid, ${message.callId}::uuid, ${message.senderId}::uuid,
        ${message.channel}, ${message.address}, 'in', 'text', ${message.body}, ${media}::jsonb, ${message.providerId},
        ${message.at}::timestamptz
      where ${when}
      returning 1),
    forgotten as (
      delete from reachability where account_id = ${accountId} and address = ${message.address}
        and channel = ${message.channel} and source = 'refusal' and not reachable and learned_at <= ${message.at}),
    price as (${firstPriceQuestion(tx, accountId, messageId, message.channel !== 'inapp')})
    select from stored`
  if (count === 0) return null
  if (message.conversationId !== null) {
    touchConversation(tx, accountId, message.conversationId)
    touchMessage(tx, accountId, messageId, message.conversationId)
  }
  return { messageId }
}
