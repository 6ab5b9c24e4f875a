import { randomUUID } from 'node:crypto'
import type { Caller } from '../domain/caller.ts'
import type { DbOrTx } from './db.ts'

export interface AuditEntry {
  readonly auditId: string
  readonly at: Date
  /** `operator`, `system`, `user:<id>` or `credential:<id>`. */
  readonly actor: string
  /** Verb and noun: `handoff.change`. */
  readonly action: string
  /** The id of what was changed. */
  readonly subject: string
  readonly before: unknown
  readonly after: unknown
}

/**
 * Writes who changed what, in the same database transaction as the change.
 * `before` and `after` are what may be shown: a secret is never among them, a new one is noted as `secrets: 'changed'`.
 */
export async function recordAudit(
  tx: DbOrTx,
  accountId: string,
  caller: Caller,
  entry: { action: string; subject: string; before: unknown; after: unknown },
): Promise<void> {
  await tx`
    insert into audit (account_id, audit_id, at, actor, action, subject, before, after)
    values (${accountId}, ${randomUUID()}, clock_timestamp(), ${actorOf(caller)}, ${entry.action}, ${entry.subject},
      ${jsonOf(tx, entry.before)}, ${jsonOf(tx, entry.after)})`
}

/** The newest entries, at most `limit`; older than the entry `after` when given. */
export async function listAudit(
  db: DbOrTx,
  accountId: string,
  page: { limit: number; after: string | null },
): Promise<readonly AuditEntry[]> {
  return db<AuditEntry[]>`
    select audit_id as "auditId", at, actor, action, subject, before, after from audit
    where account_id = ${accountId} and (${page.after}::uuid is null or
      (at, audit_id) < (select at, audit_id from audit where account_id = ${accountId} and audit_id = ${page.after}))
    order by at desc, audit_id desc limit ${page.limit}`
}

/** Who did it, as it is kept: `operator`, `system`, `user:<id>` or `credential:<id>`. */
export function actorOf(caller: Caller): string {
  switch (caller.kind) {
    case 'user':
      return `user:${caller.userId}`
    case 'credential':
      return `credential:${caller.credentialId}`
    default:
      return caller.kind
  }
}

const jsonOf = (tx: DbOrTx, value: unknown) => (value === null || value === undefined ? null : tx.json(value as never))
