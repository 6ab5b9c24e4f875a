import type { Channel } from '../domain/channel.ts'
import type { ReturnReason, Routing } from '../domain/routing.ts'
import type { Sdes } from '../domain/sde.ts'
import { routingNow, type WorkedConversation } from './conversation-work.ts'
import type { DbOrTx } from './db.ts'
import { stoppedInRow } from './opt-outs.ts'

/** A conversation with the names around it and what a list shows of it, without its messages. */
export interface ConversationView extends WorkedConversation {
  readonly skill: string
  readonly sender: {
    readonly senderId: string
    readonly connector: string
    readonly title: string
    readonly address: string
  }
  readonly owner: { readonly userId: string; readonly name: string } | null
  readonly consumerPhone: string | null
  /** As the brand’s phone system gave it with the call; at most 80 characters. */
  readonly consumerName: string | null
  readonly openedAt: Date
  readonly queuedAt: Date
  readonly takenAt: Date | null
  readonly closedAt: Date | null
  readonly closedBy: 'agent' | 'consumer' | 'system' | null
  readonly lastMessageAt: Date
  /** The higher goes first. */
  readonly priority: number
  /** The consumer's messages that its owner has neither seen nor answered. */
  readonly unread: number
  /** The consumer's oldest message that no person has answered; null when all are, or it is closed. */
  readonly waitingSince: Date | null
  /** The newest message's text, at most 120 characters. */
  readonly lastText: string
  /** Content type of its file; null: it has none. */
  readonly lastFile: string | null
  readonly lastDirection: 'in' | 'out' | null
  readonly tags: readonly string[]
  readonly offer: { readonly userId: string; readonly until: Date } | null
  /** Who reads along beside the owner. */
  readonly joined: readonly { readonly userId: string; readonly name: string }[]
  readonly survey: { readonly asked: Date; readonly score: number | null } | null
  /** Why it stands in the queue again. */
  readonly returnedFor: ReturnReason | null
}

interface ViewRow {
  conversation_id: string
  channel: Channel
  sender_id: string
  sender_connector: string
  sender_title: string
  sender_address: string
  address: string
  consumer_phone: string | null
  consumer_name: string | null
  skill_id: string
  skill: string
  state: 'queued' | 'assigned' | 'closed'
  owner_id: string | null
  owner_name: string | null
  handled_by: string | null
  call_id: string | null
  opened_at: Date
  queued_at: Date
  taken_at: Date | null
  closed_at: Date | null
  closed_by: 'agent' | 'consumer' | 'system' | null
  last_inbound_at: Date | null
  last_message_at: Date
  version: string
  opted_out: boolean
  priority: number
  unread: number
  waiting_since: Date | null
  last_text: string | null
  last_file: string | null
  last_direction: 'in' | 'out' | null
  tags: string[]
  offered_to: string | null
  offered_until: Date | null
  offer_stands: boolean
  routing: Routing
  joined: { userId: string; name: string }[]
  survey_asked_at: Date | null
  survey_score: number | null
  returned_for: ReturnReason | null
}

const viewOf = (row: ViewRow): ConversationView => ({
  conversationId: row.conversation_id,
  channel: row.channel,
  senderId: row.sender_id,
  sender: {
    senderId: row.sender_id,
    connector: row.sender_connector,
    title: row.sender_title,
    address: row.sender_address,
  },
  address: row.address,
  consumerPhone: row.consumer_phone,
  consumerName: row.consumer_name,
  skillId: row.skill_id,
  skill: row.skill,
  state: row.state,
  ownerId: row.owner_id,
  owner: row.owner_id === null ? null : { userId: row.owner_id, name: row.owner_name ?? '' },
  handledBy: row.handled_by,
  callId: row.call_id,
  openedAt: row.opened_at,
  queuedAt: row.queued_at,
  takenAt: row.taken_at,
  closedAt: row.closed_at,
  closedBy: row.closed_by,
  lastInboundAt: row.last_inbound_at,
  lastMessageAt: row.last_message_at,
  version: row.version,
  consumerOptedOut: row.opted_out,
  priority: row.priority,
  unread: row.unread,
  waitingSince: row.waiting_since,
  lastText: row.last_text ?? '',
  lastFile: row.last_file,
  lastDirection: row.last_direction,
  tags: row.tags,
  offeredTo: row.offered_to,
  offerStands: row.offer_stands,
  routing: row.routing,
  joinedBy: row.joined.map((person) => person.userId),
  offer: row.offered_to === null ? null : { userId: row.offered_to, until: row.offered_until! },
  joined: row.joined,
  survey: row.survey_asked_at === null ? null : { asked: row.survey_asked_at, score: row.survey_score },
  returnedFor: row.returned_for,
})

/** Messages of a conversation are not older than it: the months before it are passed over (a day is left for clocks that differ). */
const views = (db: DbOrTx) => db`
  select c.conversation_id, c.channel, c.sender_id, s.connector as sender_connector, s.title as sender_title, s.address as sender_address, c.address,
    c.consumer_phone, (select nullif(left(trim(concat_ws(' ', calls.sdes->'personal'->>'firstname', calls.sdes->'personal'->>'lastname')), 80), '')
      from calls where calls.account_id = c.account_id and calls.call_id = c.call_id) as consumer_name, c.skill_id, k.name as skill, c.state, c.owner_id, u.name as owner_name, c.handled_by, c.call_id,
    c.opened_at, c.queued_at, c.taken_at, c.closed_at, c.closed_by, c.last_inbound_at, c.last_message_at, c.version,
    ${stoppedInRow(db)} as opted_out,
    c.priority, waits.unread, waits.since as waiting_since, newest.last_text, newest.last_file, newest.direction as last_direction, c.tags,
    c.offered_to, c.offered_until, coalesce(c.offered_until > now(), false) as offer_stands, ${routingNow(db)} as routing, v.asked_at as survey_asked_at, v.score as survey_score, c.returned_for,
    (select coalesce(jsonb_agg(jsonb_build_object('userId', j.user_id, 'name', ju.name) order by j.joined_at, j.user_id), '[]')
      from conversation_joins j join users ju using (account_id, user_id)
      where j.account_id = c.account_id and j.conversation_id = c.conversation_id) as joined
  from conversations c join senders s using (account_id, sender_id) join skills k using (account_id, skill_id)
    left join users u on u.account_id = c.account_id and u.user_id = c.owner_id
    left join surveys v on v.account_id = c.account_id and v.conversation_id = c.conversation_id
    left join seen_marks seen on seen.account_id = c.account_id and seen.conversation_id = c.conversation_id
      and seen.user_id = c.owner_id
    left join lateral (
      select m.message_number as number from messages m
      where m.account_id = c.account_id and m.conversation_id = c.conversation_id
        and m.message_id >= first_id_of(c.opened_at - interval '1 day') and m.kind = 'reply'
      order by m.message_number desc limit 1) answer on true
    left join lateral (
      select count(*) filter (where m.message_number > coalesce(seen.message_number, 0))::integer as unread,
        min(m.created_at) as since
      from messages m
      where c.state <> 'closed' and m.account_id = c.account_id and m.conversation_id = c.conversation_id
        and m.message_id >= first_id_of(c.opened_at - interval '1 day')
        and m.direction = 'in' and m.message_number > coalesce(answer.number, 0)) waits on true
    left join lateral (
      select left(m.body, 120) as last_text, m.media->0->>'contentType' as last_file, m.direction from messages m
      where m.account_id = c.account_id and m.conversation_id = c.conversation_id
        and m.message_id >= first_id_of(c.opened_at - interval '1 day')
      order by m.message_number desc limit 1) newest on true`

/** Conversations as they are seen now, in no order; ids of none are passed over. */
export async function viewConversations(
  db: DbOrTx,
  accountId: string,
  conversationIds: readonly string[],
): Promise<readonly ConversationView[]> {
  if (conversationIds.length === 0) return []
  const rows = await db<ViewRow[]>`
    ${views(db)} where c.account_id = ${accountId} and c.conversation_id = any(${[...conversationIds]}::uuid[])`
  return rows.map(viewOf)
}

export async function viewConversation(
  db: DbOrTx,
  accountId: string,
  conversationId: string,
): Promise<ConversationView | null> {
  const [row] = await db<ViewRow[]>`
    ${views(db)} where c.account_id = ${accountId} and c.conversation_id = ${conversationId}`
  return row === undefined ? null : viewOf(row)
}

/** Other conversations with the same consumer, newest first; at most ten. */
export async function previousConversations(
  db: DbOrTx,
  accountId: string,
  conversation: Pick<ConversationView, 'conversationId' | 'address'>,
): Promise<readonly ConversationView[]> {
  const rows = await db<ViewRow[]>`
    ${views(db)} where c.account_id = ${accountId} and c.address = ${conversation.address}
      and c.conversation_id <> ${conversation.conversationId}
    order by c.opened_at desc limit 10`
  return rows.map(viewOf)
}

/** What waits in the queues of these skills (null: of all), in turn (`byTurn`), and how much waits in each. */
export async function viewQueue(
  db: DbOrTx,
  accountId: string,
  skillIds: readonly string[] | null,
  limit: number,
): Promise<{
  skills: readonly { skillId: string; skill: string; waiting: number; waitingSince: Date | null }[]
  conversations: readonly ConversationView[]
}> {
  const ids = skillIds === null ? null : [...skillIds]
  const counts = await db<{ skill_id: string; name: string; waiting: number; since: Date | null }[]>`
    select k.skill_id, k.name, count(c.conversation_id)::integer as waiting, min(c.queued_at) as since
    from skills k left join conversations c
      on c.account_id = k.account_id and c.skill_id = k.skill_id and c.state = 'queued'
    where k.account_id = ${accountId} and (${ids}::uuid[] is null or k.skill_id = any(${ids}::uuid[]))
    group by k.skill_id, k.name order by k.name`
  const rows = await db<ViewRow[]>`
    ${views(db)} where c.account_id = ${accountId} and c.state = 'queued'
      and (${ids}::uuid[] is null or c.skill_id = any(${ids}::uuid[]))
    order by c.priority desc, c.queued_at, c.conversation_id limit ${limit}`
  return {
    skills: counts.map((row) => ({
      skillId: row.skill_id,
      skill: row.name,
      waiting: row.waiting,
      waitingSince: row.since,
    })),
    conversations: rows.map(viewOf),
  }
}

/** Where a page of a list ends: the row's time, to the microsecond as the database writes it, and its id. */
export interface ListPlace {
  readonly at: string
  readonly conversationId: string
}

export const conversationLists = ['mine', 'closed', 'open'] as const
export type ConversationList = (typeof conversationLists)[number]

/**
 * One page of a list, newest first. `mine`: what the user owns. `closed`: what the user handled. `open`: all that is open.
 * @param userId null: everybody's (for those who may see all).
 */
export async function pageOfConversations(
  db: DbOrTx,
  accountId: string,
  list: ConversationList,
  userId: string | null,
  page: { readonly after: ListPlace | null; readonly limit: number },
): Promise<{ conversations: readonly ConversationView[]; next: ListPlace | null }> {
  const at = list === 'closed' ? db`c.closed_at` : db`c.opened_at`
  const which =
    list === 'closed'
      ? db`c.state = 'closed' and (${userId}::uuid is null or c.handled_by = ${userId})`
      : list === 'mine'
        ? db`c.state = 'assigned' and c.owner_id = ${userId}`
        : db`c.state <> 'closed'`
  const after = page.after
  const rows = await db<(ViewRow & { place: string })[]>`
    select v.*, p.place from (
      select c.conversation_id, ${at}::text as place, ${at} as at from conversations c
      where c.account_id = ${accountId} and ${which}
        ${after === null ? db`` : db`and (${at}, c.conversation_id) < (${after.at}::timestamptz, ${after.conversationId}::uuid)`}
      order by ${at} desc, c.conversation_id desc limit ${page.limit + 1}) p
    join lateral (${views(db)} where c.account_id = ${accountId} and c.conversation_id = p.conversation_id) v on true
    order by p.at desc, p.conversation_id desc`
  const last = rows[page.limit - 1]
  const more = rows.length > page.limit && last !== undefined
  return {
    conversations: rows.slice(0, page.limit).map(viewOf),
    next: more ? { at: last.place, conversationId: last.conversation_id } : null,
  }
}

/** The call a conversation came of, as far as the agent should know it. */
export interface CallBehind {
  readonly callId: string
  readonly attemptedAt: Date
  readonly invitedAt: Date | null
  readonly ivrNumber: string | null
  readonly handoffId: string
  readonly handoffTitle: string | null
  /** As it was when the call came; null: the handoff is gone. */
  readonly handoffVersion: number | null
  readonly inviteText: string | null
  readonly sdes: Sdes | null
}

export async function callBehind(db: DbOrTx, accountId: string, callId: string): Promise<CallBehind | null> {
  const [row] = await db<
    {
      call_id: string
      attempted_at: Date
      invited_at: Date | null
      ivr_number: string | null
      handoff_id: string
      handoff_title: string | null
      handoff_version: number | null
      invite_text: string | null
      sdes: Sdes | null
    }[]
  >`
    select c.call_id, c.attempted_at, c.invited_at, c.ivr_number, c.handoff_id, h.title as handoff_title, c.sdes,
      case when h.handoff_id is not null then coalesce((
        select max(v.version) from handoff_versions v
        where v.account_id = c.account_id and v.handoff_id = c.handoff_id and v.at <= c.attempted_at), 1)
      end as handoff_version,
      coalesce(m.body, c.override_message, c.first_message) as invite_text
    from calls c left join handoffs h using (account_id, handoff_id)
      left join invites i using (account_id, call_id)
      left join messages m on m.account_id = c.account_id and m.message_id = i.message_id
    where c.account_id = ${accountId} and c.call_id = ${callId}`
  if (row === undefined) return null
  return {
    callId: row.call_id,
    attemptedAt: row.attempted_at,
    invitedAt: row.invited_at,
    ivrNumber: row.ivr_number,
    handoffId: row.handoff_id,
    handoffTitle: row.handoff_title,
    handoffVersion: row.handoff_version,
    inviteText: row.invite_text,
    sdes: row.sdes,
  }
}
