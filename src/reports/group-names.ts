import { isNamed, type NamedDimension, type ReportDimension } from '../domain/report-query.ts'
import type { DbOrTx } from '../store/db.ts'

const named = {
  skill: 'select skill_id::text as id, name from skills where account_id = $1 and skill_id::text = any($2)',
  handoff: 'select handoff_id as id, title as name from handoffs where account_id = $1 and handoff_id = any($2)',
  sender:
    'select sender_id::text as id, title as name from senders where account_id = $1 and sender_id::text = any($2)',
  template: 'select template_id::text as id, name from templates where account_id = $1 and template_id::text = any($2)',
} as const satisfies Record<NamedDimension, string>

/** The names of what rows name by id; null for what is no more. */
export async function groupNames(
  tx: DbOrTx,
  accountId: string,
  groupBy: readonly ReportDimension[],
  rows: readonly { readonly key: readonly (string | number | null)[] }[],
): Promise<(dimension: ReportDimension, id: string) => string | null> {
  const names = new Map<string, string>()
  for (const [place, dimension] of groupBy.entries()) {
    if (!isNamed(dimension)) continue
    const ids = [...new Set(rows.flatMap(({ key }) => (key[place] === null ? [] : [String(key[place])])))]
    const found = await tx.unsafe<{ id: string; name: string }[]>(named[dimension], [accountId, ids] as never)
    for (const { id, name } of found) names.set(`${dimension} ${id}`, name)
  }
  return (dimension, id) => names.get(`${dimension} ${id}`) ?? null
}
