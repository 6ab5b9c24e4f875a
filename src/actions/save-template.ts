import type { Deps } from '../deps.ts'
import type { Caller } from '../domain/caller.ts'
import { checkTemplate, mayChangeTemplate, type TemplateDraft } from '../domain/check-template.ts'
import { type ManagedTemplate, noVariables } from '../domain/template.ts'
import { Problem } from '../errors.ts'
import { recordAudit } from '../store/audit.ts'
import { changeAccount } from '../store/change-account.ts'
import { insertTemplate, updateTemplate } from '../store/templates.ts'

const blank: TemplateDraft = {
  name: '',
  language: 'en',
  category: 'UTILITY',
  body: '',
  header: null,
  footer: null,
  buttons: [],
  samples: noVariables,
  senderId: null,
}

/**
 * Adds a template as a draft (`templateId` null) or changes one that is a draft or was rejected, which makes it a draft
 * again. `senderId` may also be the address of a WhatsApp sender.
 * @throws Problem `not-found`, `invalid-request` with a sentence for each fault; NameTaken
 */
export async function saveTemplate(
  deps: Deps,
  caller: Caller,
  accountId: string,
  templateId: string | null,
  change: Partial<TemplateDraft>,
): Promise<ManagedTemplate> {
  return changeAccount(deps, caller, accountId, async (tx, config) => {
    const before = templateId === null ? null : config.templates.get(templateId)
    if (before === undefined) throw new Problem('not-found')
    if (before !== null && !mayChangeTemplate(before.status))
      throw fault([`The template is ${before.status} and cannot be changed any more: add another one.`])
    const draft = draftOf({ ...(before ?? blank), ...change })
    const named = [...config.senders.values()].find(
      ({ channel, senderId, address }) =>
        channel === 'wa' && (senderId === draft.senderId || address === draft.senderId),
    )
    const after = { ...draft, senderId: named?.senderId ?? null }
    const faults = checkTemplate(after, config)
    if (faults.length > 0) throw fault(faults)

    const id = before?.templateId ?? (await insertTemplate(tx, accountId, { ...after, status: 'draft' }))
    if (before !== null) await updateTemplate(tx, accountId, id, after)
    await recordAudit(tx, accountId, caller, {
      action: before === null ? 'template.create' : 'template.change',
      subject: id,
      before: before && draftOf(before),
      after,
    })
    return { ...after, templateId: id, status: 'draft', providerTemplateId: null, reason: null }
  })
}

const fault = (details: readonly string[]) => new Problem('invalid-request', { details })

function draftOf(template: TemplateDraft): TemplateDraft {
  const { name, language, category, body, header, footer, buttons, samples, senderId } = template
  return { name, language, category, body, header, footer, buttons, samples, senderId }
}
