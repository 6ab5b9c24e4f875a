import type { Channel } from '../domain/channel.ts'
import type { EligibilityFacts, LearnedFact } from '../domain/eligibility.ts'
import { batch } from './batch.ts'
import type { Database } from './db.ts'

export interface AskedConsumer {
  readonly accountId: string
  readonly phone: string
  readonly consumerId: string | null
  /** Hours of the account's cap on invites; null: it has none, and none are counted. */
  readonly capHours: number | null
}

/** What is known of a consumer, read together for all who ask in the same moment. */
export type FactsReader = (asked: AskedConsumer) => Promise<EligibilityFacts>

type FactRow = { asked: number } & (
  | { kind: 'opt-out'; word: Channel | '*' }
  | { kind: 'conversation'; word: null }
  | { kind: 'invites'; word: string }
  | { kind: 'device'; word: string }
  | { kind: 'reachable' | 'unreachable'; word: string; channel: Channel; source: LearnedFact['source'] }
)

/** @param patienceMs time after which the promise is rejected with `Unanswered`. */
export function factsReader(db: Database, patienceMs: number): FactsReader {
  return batch<AskedConsumer, EligibilityFacts>((asked) => readFacts(db, asked), { most: 200, patienceMs })
}

/**
 * The facts of many consumers of many accounts in one round trip. Only what there is comes back as rows: of most
 * consumers nothing is known, and for them nothing is sent or read.
 */
async function readFacts(db: Database, consumers: readonly AskedConsumer[]): Promise<readonly EligibilityFacts[]> {
  const rows = await db<FactRow[]>`
    with asked as materialized (
      select * from unnest(${consumers.map((one) => one.accountId)}::text[], ${consumers.map((one) => one.phone)}::text[],
        ${consumers.map((one) => one.consumerId)}::text[], ${consumers.map((one) => one.capHours)}::int[])
        with ordinality as asked (account_id, phone, consumer_id, cap_hours, place))
    select place::int as asked, 'opt-out' as kind, fact.channel as word, null as channel, null as source
    from asked join opt_outs fact on fact.account_id = asked.account_id
      and fact.address in (asked.phone, asked.consumer_id) and fact.lifted_at is null
    union all
    select place::int, 'conversation', null, null, null
    from asked join conversations fact on fact.account_id = asked.account_id
      and fact.consumer_phone = asked.phone and fact.state <> 'closed'
    union all
    select place::int, 'conversation', null, null, null
    from asked join conversations fact on fact.account_id = asked.account_id
      and fact.address in (asked.phone, asked.consumer_id) and fact.state <> 'closed'
    union all
    select place::int, 'invites', count(*)::text, null, null
    from asked join invites fact on fact.account_id = asked.account_id and fact.consumer_phone = asked.phone
      and fact.created_at > now() - make_interval(hours => asked.cap_hours) and fact.state in ('sending', 'sent', 'unknown')
    group by place
    union all
    select place::int, 'device', fact.sender_id::text, null, null
    from asked join devices fact on fact.account_id = asked.account_id and fact.consumer_id = asked.consumer_id
      and fact.disabled_at is null
    union all
    select place::int, case when fact.reachable then 'reachable' else 'unreachable' end, fact.reason, fact.channel, fact.source
    from asked join reachability fact on fact.account_id = asked.account_id
      and fact.address in (asked.phone, asked.consumer_id) and fact.expires_at > now()`
  const facts = consumers.map(() => ({
    optedOut: [] as (Channel | '*')[],
    conversationOpen: false,
    recentInvites: 0,
    deviceSenderIds: [] as string[],
    learned: [] as LearnedFact[],
  }))
  for (const row of rows) {
    const known = facts[row.asked - 1]!
    switch (row.kind) {
      case 'opt-out':
        known.optedOut.push(row.word)
        break
      case 'conversation':
        known.conversationOpen = true
        break
      case 'invites':
        known.recentInvites = Number(row.word)
        break
      case 'device':
        known.deviceSenderIds.push(row.word)
        break
      default:
        known.learned.push({
          channel: row.channel,
          reachable: row.kind === 'reachable',
          reason: row.word,
          source: row.source,
        })
    }
  }
  return facts
}
