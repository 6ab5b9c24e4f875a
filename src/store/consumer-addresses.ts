import type { Channel } from '../domain/channel.ts'
import type { Person } from '../domain/speaker.ts'
import type { DbOrTx } from './db.ts'

/**
 * The people behind addresses that a provider named. Only WhatsApp has several for one: its own form of the number (with
 * or without a Brazilian 9), and user ids that stand for a number which the consumer does not show.
 * @returns by the address that was asked for; one that nobody knows stands for itself.
 */
export async function peopleAt(
  tx: DbOrTx,
  accountId: string,
  channel: Channel,
  addresses: readonly string[],
): Promise<ReadonlyMap<string, Person>> {
  const people = new Map(addresses.map((address) => [address, { address, alsoKnownAs: [] as string[] }]))
  if (channel !== 'wa' || addresses.length === 0) return people
  const rows = await tx<{ asked: string; address: string; others: string[] }[]>`
    select asked, coalesce(known.address, asked) as address, array(
      select other.also_known_as from consumer_addresses other
      where other.account_id = ${accountId} and other.channel = ${channel}
        and other.address = coalesce(known.address, asked)) as others
    from unnest(${[...addresses]}::text[]) asked
    left join consumer_addresses known
      on known.account_id = ${accountId} and known.channel = ${channel} and known.also_known_as = asked`
  for (const { asked, address, others } of rows) people.set(asked, { address, alsoKnownAs: others })
  return people
}

/**
 * Keeps that two addresses are one person's: whatever was kept under `alsoKnownAs` now binds `address` too, an opt-out
 * above all. The newest word counts: a number changes hands.
 */
export async function learnAddress(
  tx: DbOrTx,
  accountId: string,
  channel: Channel,
  alsoKnownAs: string,
  address: string,
): Promise<void> {
  if (alsoKnownAs === address) return
  const learned = await tx`
    insert into consumer_addresses (account_id, channel, also_known_as, address)
    values (${accountId}, ${channel}, ${alsoKnownAs}, ${address})
    on conflict (account_id, channel, also_known_as) do update set address = excluded.address, learned_at = now()
      where consumer_addresses.address <> excluded.address
    returning 1`
  if (learned.length === 0) return
  await tx`
    update consumer_addresses set address = ${address}
    where account_id = ${accountId} and channel = ${channel} and address = ${alsoKnownAs} and also_known_as <> ${address}`
  await tx`
    insert into opt_outs (account_id, address, channel, opted_out_at, source, evidence, answers_after)
    select account_id, ${address}, channel, opted_out_at, source, evidence, answers_after from opt_outs
    where account_id = ${accountId} and address = ${alsoKnownAs} and channel in (${channel}, '*') and lifted_at is null
    on conflict (account_id, address, channel) do update set opted_out_at = excluded.opted_out_at,
      source = excluded.source, evidence = excluded.evidence, lifted_at = null, lifted_by = null
      where opt_outs.lifted_at is not null and opt_outs.lifted_at < excluded.opted_out_at`
}
