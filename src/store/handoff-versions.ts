import type { HandoffDraft } from '../domain/check-handoff.ts'
import type { DbOrTx } from './db.ts'

/** A handoff as somebody left it. */
export interface HandoffVersion {
  /** From 1. */
  readonly version: number
  readonly at: Date
  readonly actor: string
  /** When the actor is a user of the brand. */
  readonly actorName: string | null
  readonly handoff: HandoffDraft
}

/**
 * Keeps a handoff's state as its next version; the state that the newest version has already is not kept twice. Under the
 * account's lock, so that versions are numbered without a gap.
 * @param before what it was, for a handoff that has no version yet; null for a new one.
 */
export async function keepVersion(
  tx: DbOrTx,
  accountId: string,
  handoffId: string,
  actor: string,
  state: { readonly before: HandoffDraft | null; readonly after: HandoffDraft },
): Promise<void> {
  if (state.before !== null)
    await tx`
      insert into handoff_versions (account_id, handoff_id, version, at, actor, handoff)
      select account_id, handoff_id, 1, updated_at, 'system', ${tx.json(state.before as never)}::jsonb from handoffs h
      where account_id = ${accountId} and handoff_id = ${handoffId} and not exists (
        select from handoff_versions v where v.account_id = h.account_id and v.handoff_id = h.handoff_id)`
  await tx`
    insert into handoff_versions (account_id, handoff_id, version, at, actor, handoff)
    select ${accountId}, ${handoffId}, coalesce(newest.version, 0) + 1, clock_timestamp(), ${actor}, next.handoff
    from (select ${tx.json(state.after as never)}::jsonb as handoff) next left join lateral (
      select version, handoff from handoff_versions where account_id = ${accountId} and handoff_id = ${handoffId}
      order by version desc limit 1) newest on true
    where newest.handoff is distinct from next.handoff`
}

/** The newest versions of a handoff, at most 100, newest first. */
export async function listVersions(
  db: DbOrTx,
  accountId: string,
  handoffId: string,
): Promise<readonly HandoffVersion[]> {
  return db<HandoffVersion[]>`
    select v.version, v.at, v.actor, u.name as "actorName", v.handoff
    from handoff_versions v left join users u on u.account_id = v.account_id and 'user:' || u.user_id = v.actor
    where v.account_id = ${accountId} and v.handoff_id = ${handoffId} order by v.version desc limit 100`
}

/** One version; null: there is none such. */
export async function readVersion(
  db: DbOrTx,
  accountId: string,
  handoffId: string,
  version: number,
): Promise<HandoffDraft | null> {
  const [row] = await db<{ handoff: HandoffDraft }[]>`
    select handoff from handoff_versions
    where account_id = ${accountId} and handoff_id = ${handoffId} and version = ${version}`
  return row?.handoff ?? null
}
