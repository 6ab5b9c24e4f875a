import { type Answer, errorAnswer } from './answers.ts'
import type { SimulatedBusiness, SimulatedTemplate, TemplateState } from './options.ts'
import { type StoredTemplate, templateFault } from './template-book.ts'
import type { World } from './world.ts'

type Json = Readonly<Record<string, unknown>>

/** A new template goes into review; an app hears what came of it by webhook, or looks. */
export function createTemplate(world: World, business: SimulatedBusiness, body: Json): Answer {
  const { name, language, category, components } = body as unknown as SimulatedTemplate
  if (!/^[a-z0-9_]{1,512}$/.test(name)) return errorAnswer(100, { subcode: 2388025, details: 'Invalid name' })
  if (!['UTILITY', 'MARKETING', 'AUTHENTICATION'].includes(category))
    return errorAnswer(100, { subcode: 2388026, details: 'Invalid category' })
  if (world.templates.find(business.wabaId, name, language))
    return errorAnswer(100, { subcode: 2388024, details: 'There is already content in this language' })
  const fault = templateFault(components)
  if (fault !== null) return errorAnswer(100, fault)
  const made = world.templates.add(business.wabaId, { name, language, category, components, status: 'PENDING' })
  return { status: 200, body: { id: made.id, status: made.status, category } }
}

/** By name all languages, with the id one of them. */
export function deleteTemplate(world: World, business: SimulatedBusiness, query: URLSearchParams): Answer {
  const [name, id] = [query.get('name'), query.get('hsm_id')]
  const gone = world.templates.of(business.wabaId).filter((one) => one.name === name && (id === null || one.id === id))
  if (gone.length === 0) return errorAnswer(100, { details: 'There is no such template' })
  for (const template of gone) world.templates.remove(template)
  return { status: 200, body: { success: true } }
}

/** Pages by cursor; `next` is a whole address, token included, as Meta writes it. */
export function listTemplates(world: World, business: SimulatedBusiness, id: string, query: URLSearchParams): Answer {
  const limit = Math.min(Number(query.get('limit') ?? 25) || 25, 1000)
  const from = Number(Buffer.from(query.get('after') ?? '', 'base64url').toString() || 0)
  const all = world.templates.of(business.wabaId).filter(({ name }) => name === (query.get('name') ?? name))
  const page = all.slice(from, from + limit)
  const cursor = (at: number) => Buffer.from(String(at)).toString('base64url')
  const after = cursor(from + page.length)
  const next = `${world.baseUrl()}/v25.0/${id}/message_templates?access_token=${business.tokens[0]?.token}&limit=${limit}&after=${after}`
  const more = from + page.length < all.length ? { next } : {}
  const data = page.map((template) => ({
    id: template.id,
    name: template.name,
    language: template.language,
    category: template.category,
    status: template.status,
    rejected_reason: template.reason,
  }))
  const cursors = { before: cursor(from), after }
  return { status: 200, body: { data, ...(page.length === 0 ? {} : { paging: { cursors, ...more } }) } }
}

/** Meta decides about a template: its state changes, and the app's own address is told (never a number's). */
export function decideTemplate(
  world: World,
  template: StoredTemplate,
  event: TemplateState,
  details: { readonly reason?: string; readonly title?: string; readonly description?: string } = {},
): void {
  template.status = event
  template.reason = details.reason ?? 'NONE'
  const business = world.options.businesses.find(({ wabaId }) => wabaId === template.wabaId)!
  const { title, description } = details
  const value = {
    event,
    message_template_id: Number(template.id),
    message_template_name: template.name,
    message_template_language: template.language,
    message_template_category: template.category,
    reason: template.reason,
    ...(title === undefined ? {} : { other_info: { title, description: description ?? '' } }),
  }
  const url = () => world.addresses.get(business.wabaId)
  world.hooks.plan([{ business, url, field: 'message_template_status_update', value, late: false }])
  world.hooks.start()
}
