import type { ConnectorTemplates, ProviderTemplate } from '../channels/connector.ts'
import { failures, SendFailure } from '../channels/failures.ts'
import type { Exchange } from '../channels/http.ts'
import type { Deps } from '../deps.ts'
import type { Caller } from '../domain/caller.ts'
import type { Sender } from '../domain/sender.ts'
import type { ManagedTemplate } from '../domain/template.ts'
import { Problem } from '../errors.ts'
import { loadAccountConfig } from '../store/account-config.ts'
import { recordAudit } from '../store/audit.ts'
import { changeAccount } from '../store/change-account.ts'
import { recordExchange } from '../store/provider-exchanges.ts'
import { markSubmission, writeProviderTemplate } from '../store/templates.ts'

/**
 * Gives a draft to its provider to judge. It is `pending` from before the provider is called, so that of two people who
 * press at once one submits. When the provider's answer is lost it stays pending, and the next look at the provider's
 * list tells; submitting what was submitted changes nothing. A connector whose provider judges nothing (the simulator's) approves at once.
 * @throws Problem `not-found`; `conflict` when it was rejected; `invalid-request` with what its provider would refuse or
 * has refused; `unavailable` when the provider cannot be reached.
 */
export async function submitTemplate(
  deps: Deps,
  caller: Caller,
  accountId: string,
  templateId: string,
): Promise<ManagedTemplate> {
  const begun = await changeAccount(deps, caller, accountId, async (tx, config) => {
    const template = config.templates.get(templateId)
    if (template === undefined) throw new Problem('not-found')
    if (template.status === 'rejected')
      throw new Problem('conflict', {
        sentence: 'The template was rejected',
        details: ['Change it before you submit it again.'],
      })
    if (template.status !== 'draft') return null
    const sender = config.senders.get(template.senderId ?? '')
    const connector = deps.connectors.get(sender?.connector ?? '')
    if (sender === undefined || connector === undefined)
      throw new Problem('invalid-request', {
        details: ['The template has no sender through which it could be submitted.'],
      })
    const faults = connector.templates?.check(template) ?? []
    if (faults.length > 0) throw new Problem('invalid-request', { details: faults })
    await markSubmission(tx, accountId, templateId, { status: 'pending', reason: null })
    await recordAudit(tx, accountId, caller, {
      action: 'template.submit',
      subject: templateId,
      before: { status: 'draft' },
      after: { status: 'pending' },
    })
    return { template, sender, templates: connector.templates }
  })
  if (begun !== null) await finish(deps, caller, accountId, begun)
  const config = await loadAccountConfig(deps.db, deps.cipher, accountId)
  return config!.templates.get(templateId)!
}

interface Begun {
  readonly template: ManagedTemplate
  readonly sender: Sender
  readonly templates: ConnectorTemplates | undefined
}

async function finish(deps: Deps, caller: Caller, accountId: string, begun: Begun): Promise<void> {
  const { templateId } = begun.template
  const said = await submit(deps, caller, accountId, begun)
  await changeAccount(deps, caller, accountId, async (tx, config) => {
    // A webhook may have told the judgement before the answer to the submission was here.
    const told = config.templates.get(templateId)?.providerTemplateId !== null
    if (!told) await writeProviderTemplate(tx, accountId, templateId, said)
  })
}

async function submit(deps: Deps, caller: Caller, accountId: string, begun: Begun): Promise<ProviderTemplate> {
  const { template, sender, templates } = begun
  const { name, language, category, templateId } = template
  if (templates === undefined)
    return { providerTemplateId: templateId, name, language, category, status: 'approved', reason: null }
  const exchanges: Exchange[] = []
  const http = deps.outbound(sender, (exchange) => exchanges.push(exchange))
  try {
    return await templates.submit(template, sender, http)
  } catch (error) {
    if (!(error instanceof SendFailure)) {
      deps.log.error({ err: error, accountId, connector: sender.connector }, 'a connector failed')
      throw error
    }
    const { sentence, outcome } = failures[error.kind]
    if (outcome === 'unknown')
      throw new Problem('unavailable', { details: ['The provider did not answer clearly; its list will tell.'] })
    const said = error.advice ?? sentence
    const reason = error.providerCode === null ? said : `${said} (${error.providerCode})`
    await changeAccount(deps, caller, accountId, (tx) =>
      markSubmission(tx, accountId, templateId, { status: 'draft', reason }),
    )
    throw new Problem(outcome === 'unsent' ? 'unavailable' : 'invalid-request', { details: [reason] })
  } finally {
    const context = { callId: null, messageId: null, senderId: sender.senderId, direction: 'out' } as const
    for (const exchange of exchanges) await recordExchange(deps.db, accountId, context, exchange)
  }
}
