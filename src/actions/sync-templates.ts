import type { ProviderTemplate } from '../channels/connector.ts'
import { SendFailure } from '../channels/failures.ts'
import type { Exchange } from '../channels/http.ts'
import type { Deps } from '../deps.ts'
import type { AccountConfig } from '../domain/account.ts'
import type { SystemCaller } from '../domain/caller.ts'
import type { Sender } from '../domain/sender.ts'
import { recordAudit } from '../store/audit.ts'
import { changeAccount } from '../store/change-account.ts'
import type { DbOrTx } from '../store/db.ts'
import { followTemplate } from '../store/follow-template.ts'
import { recordExchange } from '../store/provider-exchanges.ts'
import { listedTemplates, noteTemplateSync, writeLostTemplate, writeProviderTemplate } from '../store/templates.ts'

/**
 * Asks the provider of one WhatsApp sender for its templates and follows what it says: approvals and pauses that no
 * webhook told, templates it no longer has, submissions that never arrived.
 * @param input.adopt drafts of the same name and language as a template that the provider knows count as that template:
 * how templates made at the provider come in.
 * @returns how many changed; null when the provider could not be asked.
 */
export async function syncTemplates(
  deps: Deps,
  caller: SystemCaller,
  input: { readonly senderId: string; readonly adopt?: boolean },
): Promise<number | null> {
  const { accountId } = caller
  const { senderId } = input
  const sender = (await deps.accounts.get(accountId))?.senders.get(senderId)
  const templates = deps.connectors.get(sender?.connector ?? '')?.templates
  if (sender === undefined || templates === undefined || !sender.enabled) return null
  const exchanges: Exchange[] = []
  const http = deps.outbound(sender, (exchange) => exchanges.push(exchange))
  let known: readonly ProviderTemplate[]
  try {
    known = await templates.list(sender, http)
  } catch (error) {
    const kind = error instanceof SendFailure ? error.kind : 'unknown-outcome'
    deps.log.warn({ err: error, accountId, connector: sender.connector, kind }, 'templates could not be listed')
    await noteTemplateSync(deps.db, accountId, senderId, kind)
    const context = { callId: null, messageId: null, senderId, direction: 'out' } as const
    for (const exchange of exchanges) await recordExchange(deps.db, accountId, context, exchange)
    return null
  }
  const changed = await changeAccount(deps, caller, accountId, async (tx, config) => {
    let count = input.adopt ? await adopt(tx, caller, config, sender, known) : 0
    for (const said of known) if ((await followTemplate(tx, caller, sender, said)) !== null) count += 1
    return count + (await missLost(tx, caller, config, sender, known))
  })
  await noteTemplateSync(deps.db, accountId, senderId, null)
  if (changed > 0) deps.log.info({ accountId, senderId, changed }, 'templates changed at the provider')
  return changed
}

const usable = new Set<ProviderTemplate['status']>(['approved', 'pending', 'paused'])

async function adopt(
  tx: DbOrTx,
  caller: SystemCaller,
  config: AccountConfig,
  sender: Sender,
  known: readonly ProviderTemplate[],
): Promise<number> {
  let adopted = 0
  for (const template of config.templates.values()) {
    if (template.status !== 'draft' || template.senderId !== sender.senderId) continue
    const { name, language, templateId } = template
    const said = known.find((one) => one.name === name && one.language === language && usable.has(one.status))
    if (said === undefined || !(await writeProviderTemplate(tx, caller.accountId, templateId, said))) continue
    await audit(tx, caller, templateId, 'draft', said)
    adopted += 1
  }
  return adopted
}

/** What the provider should list and does not. */
async function missLost(
  tx: DbOrTx,
  caller: SystemCaller,
  config: AccountConfig,
  sender: Sender,
  known: readonly ProviderTemplate[],
): Promise<number> {
  const { accountId } = caller
  const expected = await listedTemplates(tx, accountId, sender.senderId)
  let lost = 0
  for (const template of config.templates.values()) {
    const { templateId, providerTemplateId, name, language, status } = template
    if (!expected.has(templateId) || status === 'disabled') continue
    const listed = known.some((one) =>
      providerTemplateId === null
        ? one.name === name && one.language === language
        : one.providerTemplateId === providerTemplateId,
    )
    if (listed) continue
    const now =
      providerTemplateId === null
        ? ({ status: 'draft', reason: 'It never reached the provider: submit it again.' } as const)
        : ({ status: 'disabled', reason: 'The provider no longer has it.' } as const)
    await writeLostTemplate(tx, accountId, templateId, now)
    await audit(tx, caller, templateId, status, now)
    lost += 1
  }
  return lost
}

function audit(
  tx: DbOrTx,
  caller: SystemCaller,
  subject: string,
  before: string,
  { status, reason }: { readonly status: string; readonly reason: string | null },
): Promise<void> {
  const entry = { action: 'template.judged', subject, before: { status: before }, after: { status, reason } }
  return recordAudit(tx, caller.accountId, caller, entry)
}
