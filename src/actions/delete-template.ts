import type { ConnectorTemplates } from '../channels/connector.ts'
import { failures, SendFailure } from '../channels/failures.ts'
import type { Exchange } from '../channels/http.ts'
import type { Deps } from '../deps.ts'
import type { AccountConfig } from '../domain/account.ts'
import type { Caller } from '../domain/caller.ts'
import { templateIdsOf } from '../domain/handoff.ts'
import type { Sender } from '../domain/sender.ts'
import type { ManagedTemplate } from '../domain/template.ts'
import { Problem } from '../errors.ts'
import { recordAudit } from '../store/audit.ts'
import { changeAccount } from '../store/change-account.ts'
import { recordExchange } from '../store/provider-exchanges.ts'
import { restoreTemplate, deleteTemplate as takeOut, writeLostTemplate } from '../store/templates.ts'

/**
 * Deletes a template here and at its provider. It is `disabled` from before the provider is called, so that no handoff takes
 * it up meanwhile; when the provider cannot be asked or refuses, it is again what it was, and when its answer is lost it
 * stays disabled, to be deleted again.
 * @throws Problem `not-found`; `conflict` while a handoff names it or it is just being submitted; `invalid-request` with
 * what its provider has refused; `unavailable` when the provider cannot be reached.
 */
export async function deleteTemplate(deps: Deps, caller: Caller, accountId: string, templateId: string): Promise<void> {
  const begun = await changeAccount(deps, caller, accountId, async (tx, config): Promise<Begun | null> => {
    const template = unused(config, templateId)
    const { status, providerTemplateId } = template
    const sender = config.senders.get(template.senderId ?? '')
    const templates = deps.connectors.get(sender?.connector ?? '')?.templates
    if (status !== 'draft' && templates !== undefined && providerTemplateId === null)
      throw new Problem('conflict', {
        sentence: 'The template cannot be deleted yet',
        details: ['Its provider has not yet said whether it has this template: ask it for the state of all templates.'],
      })
    await recordAudit(tx, accountId, caller, {
      action: 'template.delete',
      subject: templateId,
      before: template,
      after: null,
    })
    if (sender === undefined || templates === undefined || providerTemplateId === null) {
      await takeOut(tx, accountId, templateId)
      return null
    }
    await writeLostTemplate(tx, accountId, templateId, { status: 'disabled', reason: 'It is being deleted.' })
    return { template: { ...template, providerTemplateId }, sender, templates }
  })
  if (begun === null) return
  await removeThere(deps, caller, accountId, begun)
  await changeAccount(deps, caller, accountId, async (tx, config) => {
    // A look at the provider's list in between may have shown it approved once more, and a handoff have taken it.
    if (handoffsWith(config, templateId).length === 0) await takeOut(tx, accountId, templateId)
    else await writeLostTemplate(tx, accountId, templateId, { status: 'disabled', reason: 'It was deleted.' })
  })
}

interface Begun {
  readonly template: ManagedTemplate & { readonly providerTemplateId: string }
  readonly sender: Sender
  readonly templates: ConnectorTemplates
}

/** @throws Problem `not-found`, `conflict` */
function unused(config: AccountConfig, templateId: string): ManagedTemplate {
  const template = config.templates.get(templateId)
  if (template === undefined) throw new Problem('not-found')
  const handoffs = handoffsWith(config, templateId)
  if (handoffs.length === 0) return template
  const titles = handoffs.map(({ title }) => `"${title}"`).join(', ')
  throw new Problem('conflict', {
    sentence: 'The template is in use',
    details: [`A handoff names the template: ${titles}. Give it another one, then delete this.`],
  })
}

function handoffsWith(config: AccountConfig, templateId: string) {
  return [...config.handoffs.values()].filter(({ channels }) =>
    channels.some((channel) => channel.channel === 'wa' && templateIdsOf(channel).includes(templateId)),
  )
}

async function removeThere(deps: Deps, caller: Caller, accountId: string, begun: Begun): Promise<void> {
  const { template, sender, templates } = begun
  const { templateId } = template
  const exchanges: Exchange[] = []
  const http = deps.outbound(sender, (exchange) => exchanges.push(exchange))
  try {
    await templates.remove(template, sender, http)
  } catch (error) {
    if (!(error instanceof SendFailure)) {
      deps.log.error({ err: error, accountId, connector: sender.connector }, 'a connector failed')
      throw error
    }
    const { sentence, outcome } = failures[error.kind]
    if (outcome === 'unknown') {
      const reason = 'The provider did not answer clearly whether it is deleted: delete it again.'
      await changeAccount(deps, caller, accountId, (tx) =>
        writeLostTemplate(tx, accountId, templateId, { status: 'disabled', reason }),
      )
      throw new Problem('unavailable', { details: [reason] })
    }
    await changeAccount(deps, caller, accountId, (tx) => restoreTemplate(tx, accountId, template))
    const said = error.advice ?? sentence
    const reason = error.providerCode === null ? said : `${said} (${error.providerCode})`
    throw new Problem(outcome === 'unsent' ? 'unavailable' : 'invalid-request', { details: [reason] })
  } finally {
    const context = { callId: null, messageId: null, senderId: sender.senderId, direction: 'out' } as const
    for (const exchange of exchanges) await recordExchange(deps.db, accountId, context, exchange)
  }
}
