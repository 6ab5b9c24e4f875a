import type { Channel } from '../domain/channel.ts'
import type { LearnedFact } from '../domain/eligibility.ts'
import type { DbOrTx } from './db.ts'
import { sendAlong } from './send-along.ts'

/** Days for which a look-up's answer or a provider's refusal is believed. Numbers change hands; a month is the design's choice. */
const believedDays = 30

/** A delivery proves a refusal of before wrong: the number came back, or joined WhatsApp. */
export async function forgetRefusal(
  tx: DbOrTx,
  accountId: string,
  address: string,
  channel: Channel,
  at: Date,
): Promise<void> {
  const forget = () => tx`
    delete from reachability
    where account_id = ${accountId} and address = ${address} and channel = ${channel} and source = 'refusal'
      and not reachable and learned_at <= ${at}`
  await sendAlong(tx, forget)
}

/**
 * Keeps what a look-up or a provider's refusal taught about a consumer's address on a channel; the newest word counts.
 * @param fact.reason the line type for a look-up, the failure kind (`not-reachable-here`, `invalid-recipient`) for a refusal.
 * @param fact.at when it was so, by the clock that also tells of deliveries (`forgetRefusal`); default: now. Never taken for
 *   later than now.
 * @param days default 30.
 */
export async function learn(
  tx: DbOrTx,
  accountId: string,
  address: string,
  fact: LearnedFact & { readonly at?: Date },
  days = believedDays,
): Promise<void> {
  await tx`
    insert into reachability (account_id, address, channel, reachable, reason, source, learned_at, expires_at)
    values (${accountId}, ${address}, ${fact.channel}, ${fact.reachable}, ${fact.reason}, ${fact.source},
      least(${fact.at ?? null}::timestamptz, now()), now() + make_interval(days => ${days}))
    on conflict (account_id, address, channel) do update
      set reachable = excluded.reachable, reason = excluded.reason, source = excluded.source, learned_at = excluded.learned_at,
        expires_at = excluded.expires_at
      where reachability.source <> 'refusal' or reachability.learned_at <= excluded.learned_at`
}
