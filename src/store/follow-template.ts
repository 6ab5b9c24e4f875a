import type { ProviderTemplate } from '../channels/connector.ts'
import type { SystemCaller } from '../domain/caller.ts'
import type { Sender } from '../domain/sender.ts'
import { recordAudit } from './audit.ts'
import type { DbOrTx } from './db.ts'
import { findProviderTemplate, writeProviderTemplate } from './templates.ts'

/**
 * Takes over what a provider says of a template of ours, told or asked, and audits it: approved, paused, rejected and why.
 * @returns the template's id when it said something new; null when not, or of a template that is none of ours.
 */
export async function followTemplate(
  tx: DbOrTx,
  caller: SystemCaller,
  sender: Pick<Sender, 'connector'>,
  said: ProviderTemplate,
): Promise<string | null> {
  const { accountId } = caller
  const before = await findProviderTemplate(tx, accountId, sender.connector, said)
  if (before === null || !(await writeProviderTemplate(tx, accountId, before.templateId, said))) return null
  await recordAudit(tx, accountId, caller, {
    action: 'template.judged',
    subject: before.templateId,
    before: { status: before.status, reason: before.reason },
    after: { status: said.status, reason: said.reason },
  })
  return before.templateId
}
