import { randomUUID } from 'node:crypto'
import type { ProviderTemplate } from '../channels/connector.ts'
import type { TemplateDraft } from '../domain/check-template.ts'
import { type ManagedTemplate, noVariables, type Template } from '../domain/template.ts'
import type { DbOrTx } from './db.ts'

/** Adds a template. @returns its id. */
export async function insertTemplate(
  tx: DbOrTx,
  accountId: string,
  template: Omit<Template, 'templateId'> & Partial<Pick<TemplateDraft, 'category' | 'samples' | 'senderId'>>,
): Promise<string> {
  const templateId = randomUUID()
  await tx`
    insert into templates (account_id, template_id, name, language, status, body, header, footer, buttons, category,
      samples, sender_id)
    values (${accountId}, ${templateId}, ${template.name}, ${template.language}, ${template.status}, ${template.body},
      ${template.header === null ? null : tx.json({ ...template.header })}, ${template.footer},
      ${tx.json(template.buttons as never)}, ${template.category ?? 'UTILITY'},
      ${tx.json((template.samples ?? noVariables) as never)}, ${template.senderId ?? null})`
  return templateId
}

/** Writes what an administrator changed; whatever its provider said of the text before no longer holds. */
export async function updateTemplate(
  tx: DbOrTx,
  accountId: string,
  templateId: string,
  draft: TemplateDraft,
): Promise<void> {
  await tx`
    update templates set name = ${draft.name}, language = ${draft.language}, category = ${draft.category},
      body = ${draft.body}, header = ${draft.header === null ? null : tx.json({ ...draft.header })},
      footer = ${draft.footer}, buttons = ${tx.json(draft.buttons as never)}, samples = ${tx.json(draft.samples as never)},
      sender_id = ${draft.senderId}, status = 'draft', reason = null, provider_template_id = null, submitted_at = null
    where account_id = ${accountId} and template_id = ${templateId}`
}

/** Notes that a template is on its way to its provider, or that it did not get there. */
export async function markSubmission(
  tx: DbOrTx,
  accountId: string,
  templateId: string,
  submission: { readonly status: 'pending' | 'draft'; readonly reason: string | null },
): Promise<void> {
  await tx`
    update templates set status = ${submission.status}, reason = ${submission.reason},
      submitted_at = case when ${submission.status === 'pending'} then clock_timestamp() end
    where account_id = ${accountId} and template_id = ${templateId}`
}

/** The template of ours that a provider speaks of, through whichever sender of the connector; null when it is none of ours. */
export async function findProviderTemplate(
  tx: DbOrTx,
  accountId: string,
  connector: string,
  said: Pick<ProviderTemplate, 'providerTemplateId' | 'name' | 'language'>,
): Promise<{ templateId: string; status: ManagedTemplate['status']; reason: string | null } | null> {
  const [row] = await tx<{ template_id: string; status: ManagedTemplate['status']; reason: string | null }[]>`
    select t.template_id, t.status, t.reason
    from templates t join senders s on s.account_id = t.account_id and s.sender_id = t.sender_id
    where t.account_id = ${accountId} and s.connector = ${connector} and t.status <> 'draft'
      and (t.provider_template_id = ${said.providerTemplateId}
        or t.provider_template_id is null and t.name = ${said.name} and t.language = ${said.language})
    order by t.provider_template_id nulls last limit 1 for update of t`
  return row === undefined ? null : { templateId: row.template_id, status: row.status, reason: row.reason }
}

/** Writes what the provider says of one template. Nothing is written when it says nothing new. @returns whether it did. */
export async function writeProviderTemplate(
  tx: DbOrTx,
  accountId: string,
  templateId: string,
  said: Pick<ProviderTemplate, 'providerTemplateId' | 'category' | 'status' | 'reason'>,
): Promise<boolean> {
  const category = ['UTILITY', 'MARKETING', 'AUTHENTICATION'].includes(said.category) ? said.category : null
  const reason = said.status === 'approved' || said.status === 'pending' ? null : kept(said.reason)
  const rows = await tx`
    update templates set status = ${said.status}, reason = ${reason}, category = coalesce(${category}, category),
      provider_template_id = ${said.providerTemplateId}, submitted_at = coalesce(submitted_at, clock_timestamp())
    where account_id = ${accountId} and template_id = ${templateId}
      and (status, reason, category, provider_template_id) is distinct from
        (${said.status}, ${reason}::text, coalesce(${category}, category), ${said.providerTemplateId})
    returning 1`
  return rows.length > 0
}

/** The provider does not have it (any more). */
export async function writeLostTemplate(
  tx: DbOrTx,
  accountId: string,
  templateId: string,
  lost: { readonly status: 'draft' | 'disabled'; readonly reason: string },
): Promise<void> {
  await tx`
    update templates set status = ${lost.status}, reason = ${lost.reason},
      submitted_at = case when ${lost.status === 'draft'} then null else submitted_at end
    where account_id = ${accountId} and template_id = ${templateId}`
}

/** Takes a template out of the account: nothing may use it any more, and its provider does not have it. */
export async function deleteTemplate(tx: DbOrTx, accountId: string, templateId: string): Promise<void> {
  await tx`delete from templates where account_id = ${accountId} and template_id = ${templateId}`
}

/** Writes the status that a template had before something that did not come about. */
export async function restoreTemplate(
  tx: DbOrTx,
  accountId: string,
  template: Pick<ManagedTemplate, 'templateId' | 'status' | 'reason'>,
): Promise<void> {
  await tx`
    update templates set status = ${template.status}, reason = ${template.reason}
    where account_id = ${accountId} and template_id = ${template.templateId}`
}

/** A provider needs some time until it lists what it was just given. */
const listedAfterMinutes = 10

/** Templates submitted through this sender long enough ago that its provider must list them. */
export async function listedTemplates(tx: DbOrTx, accountId: string, senderId: string): Promise<ReadonlySet<string>> {
  const rows = await tx<{ template_id: string }[]>`
    select template_id from templates
    where account_id = ${accountId} and sender_id = ${senderId} and status <> 'draft'
      and submitted_at < clock_timestamp() - make_interval(mins => ${listedAfterMinutes})`
  return new Set(rows.map((row) => row.template_id))
}

/** Minutes between two questions about the templates of a sender: while one is being judged, and otherwise. */
const askedEveryMinutes = { judged: 5, settled: 60 }

/** Senders whose provider should be asked about their templates, over all brands. */
export async function templateSyncsDue(db: DbOrTx): Promise<readonly { accountId: string; senderId: string }[]> {
  const rows = await db<{ account_id: string; sender_id: string }[]>`
    select t.account_id, t.sender_id from templates t left join template_syncs y using (account_id, sender_id)
    where t.sender_id is not null and t.submitted_at is not null
    group by t.account_id, t.sender_id, y.synced_at
    having coalesce(y.synced_at, min(t.submitted_at)) < clock_timestamp() - make_interval(mins =>
      case when bool_or(t.status = 'pending') then ${askedEveryMinutes.judged} else ${askedEveryMinutes.settled} end::integer)
    order by y.synced_at nulls first limit 200`
  return rows.map((row) => ({ accountId: row.account_id, senderId: row.sender_id }))
}

/** Notes that the provider was asked. @param failureKind null: it has answered. */
export async function noteTemplateSync(
  db: DbOrTx,
  accountId: string,
  senderId: string,
  failureKind: string | null,
): Promise<void> {
  await db`
    insert into template_syncs (account_id, sender_id, synced_at, failure_kind)
    values (${accountId}, ${senderId}, clock_timestamp(), ${failureKind})
    on conflict (account_id, sender_id) do update set synced_at = excluded.synced_at, failure_kind = excluded.failure_kind`
}

const kept = (reason: string | null): string | null => reason?.replaceAll('\0', '').slice(0, 500).toWellFormed() ?? null
