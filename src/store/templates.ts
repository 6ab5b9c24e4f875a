import { randomUUID } from 'node:crypto'
import type { Template } from '../domain/template.ts'
import type { DbOrTx } from './db.ts'

/** Adds a template as the provider knows it. @returns its id. */
export async function insertTemplate(
  tx: DbOrTx,
  accountId: string,
  template: Omit<Template, 'templateId'>,
): Promise<string> {
  const templateId = randomUUID()
  await tx`
    insert into templates (account_id, template_id, name, language, status, body, header, footer, buttons)
    values (${accountId}, ${templateId}, ${template.name}, ${template.language}, ${template.status}, ${template.body},
      ${template.header === null ? null : tx.json({ ...template.header })}, ${template.footer},
      ${tx.json(template.buttons as never)})`
  return templateId
}
