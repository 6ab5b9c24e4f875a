import type { Sender } from '../../domain/sender.ts'
import { fillVariables, variablesIn } from '../../domain/template.ts'
import type { ConnectorTemplates, NewTemplate, ProviderTemplate } from '../connector.ts'
import { SendFailure } from '../failures.ts'
import type { OutboundAnswer, OutboundHttp } from '../http.ts'
import { callGraph, type Fields, fieldsOf, jsonObject, listOf, textOf } from './call-graph.ts'
import { checkTemplate } from './check-template.ts'
import { answerFailure } from './error-codes.ts'
import { sampleHandle } from './header-sample.ts'
import { templateStatus } from './hear-template.ts'
import { settingsOf } from './settings.ts'
import { buttonValue, inOrder, isPositional } from './template-parts.ts'

/** A business account has 6,000 templates at most, so this ends; a list that does not is not believed. */
const pageSize = 200
const mostPages = 40

export const templates: ConnectorTemplates = { check: checkTemplate, submit, remove, list }

/** @throws SendFailure `template-rejected` and its fellows as `answerFailure` has them; `unknown-outcome` when Meta may have it. */
async function submit(template: NewTemplate, sender: Sender, http: OutboundHttp): Promise<ProviderTemplate> {
  const settings = settingsOf(sender)
  const named = [template.body, template.header?.content ?? ''].some((text) => !isPositional(variablesIn(text)))
  const { header } = template
  const handle = header === null || header.kind === 'text' ? '' : await sampleHandle(template, settings, http)
  const json = {
    name: template.name,
    language: template.language,
    category: template.category,
    parameter_format: named ? 'NAMED' : 'POSITIONAL',
    components: components(template, named, handle),
  }
  const path = `/${settings.wabaId}/message_templates`
  const answer = await callGraph(settings, http, { method: 'POST', path, json })
  if (answer.status < 200 || answer.status > 299) throw withAdvice(answer)
  const made = jsonObject(answer.text)
  const providerTemplateId = textOf(made?.id)
  if (providerTemplateId === '')
    throw new SendFailure('unknown-outcome', { detail: `Meta answered ${answer.status} without a template` })
  return {
    providerTemplateId,
    name: template.name,
    language: template.language,
    // Meta may think otherwise of what it is, and then its rules and prices hold.
    category: textOf(made?.category) || template.category,
    status: templateStatus(made?.status) ?? 'pending',
    reason: null,
  }
}

/** Meta says in its own sentences, and in the app's language, what a person should mend. */
function withAdvice(answer: OutboundAnswer): SendFailure {
  const failure = answerFailure(answer)
  const error = fieldsOf(jsonObject(answer.text)?.error)
  const said = [textOf(error.error_user_title), textOf(error.error_user_msg)].filter((text) => text !== '')
  if (said.length === 0) return failure
  const { kind, providerCode, retryAfterMs, message } = failure
  return new SendFailure(kind, { providerCode, retryAfterMs, detail: message, advice: said.join(': ').slice(0, 400) })
}

/**
 * With the id only this language is deleted, not all of its name. Meta keeps the name taken for 30 days.
 * @throws SendFailure when Meta did not say yes and still lists the template, or could not be asked.
 */
async function remove(
  template: Pick<ProviderTemplate, 'providerTemplateId' | 'name'>,
  sender: Sender,
  http: OutboundHttp,
): Promise<void> {
  const settings = settingsOf(sender)
  const query = new URLSearchParams({ hsm_id: template.providerTemplateId, name: template.name })
  const path = `/${settings.wabaId}/message_templates?${query}`
  const answer = await callGraph(settings, http, { method: 'DELETE', path })
  if (answer.status >= 200 && answer.status <= 299) return
  const failure = withAdvice(answer)
  // It may be gone already, for which no code of Meta's is known for certain: its list knows.
  if (failure.kind !== 'content-rejected' && failure.kind !== 'template-rejected') throw failure
  const known = await list(sender, http)
  if (known.some((one) => one.providerTemplateId === template.providerTemplateId)) throw failure
}

function components(template: NewTemplate, named: boolean, handle: string): readonly Fields[] {
  const { header, body, footer, buttons, samples } = template
  return [
    ...(header === null ? [] : [headerComponent(header, samples.header, named, handle)]),
    { type: 'BODY', text: metaText(body), ...textExample('body_text', body, samples.body, named) },
    ...(footer === null ? [] : [{ type: 'FOOTER', text: footer }]),
    ...(buttons.length === 0 ? [] : [{ type: 'BUTTONS', buttons: buttonComponents(template) }]),
  ]
}

function headerComponent(
  header: NonNullable<NewTemplate['header']>,
  samples: Readonly<Record<string, string>>,
  named: boolean,
  handle: string,
): Fields {
  if (header.kind !== 'text')
    return { type: 'HEADER', format: header.kind.toUpperCase(), example: { header_handle: [handle] } }
  const example = textExample('header_text', header.content, samples, named)
  return { type: 'HEADER', format: 'TEXT', text: metaText(header.content), ...example }
}

/** Meta knows `{{1}}` only, where the configuration API also writes `${{1}}`. */
const metaText = (text: string): string => text.replaceAll('${{', '{{')

/** Meta wants a list in a list for a body with numbers, a plain list for a header, and pairs for names. */
function textExample(
  field: 'body_text' | 'header_text',
  text: string,
  samples: Readonly<Record<string, string>>,
  named: boolean,
): Fields {
  const names = inOrder(variablesIn(text))
  if (names.length === 0) return {}
  if (named) {
    const pairs = names.map((name) => ({ param_name: name, example: samples[name] ?? '' }))
    return { example: { [`${field}_named_params`]: pairs } }
  }
  const values = names.map((name) => samples[name] ?? '')
  return { example: { [field]: field === 'body_text' ? [values] : values } }
}

function buttonComponents({ buttons, samples }: NewTemplate): readonly Fields[] {
  return buttons.map(({ kind, label, value }, position) => {
    if (kind === 'quick-reply') return { type: 'QUICK_REPLY', text: label }
    if (kind === 'phone') return { type: 'PHONE_NUMBER', text: label, phone_number: value }
    const [name] = variablesIn(value)
    if (name === undefined) return { type: 'URL', text: label, url: value }
    // The example is the whole address, filled in.
    const example = [fillVariables(value, { [name]: buttonValue(buttons, position, samples.buttons) })]
    return { type: 'URL', text: label, url: fillVariables(value, { [name]: '{{1}}' }), example }
  })
}

/**
 * Reads page after page by Meta's cursor. Its `next` addresses are not called: they may carry the token, and could name any host.
 * @throws SendFailure also when a page makes no sense: a template must not count as gone because a page was lost.
 */
async function list(sender: Sender, http: OutboundHttp): Promise<readonly ProviderTemplate[]> {
  const settings = settingsOf(sender)
  const found: ProviderTemplate[] = []
  let after = ''
  for (let page = 0; page < mostPages; page++) {
    const query = new URLSearchParams({
      fields: 'id,name,language,category,status,rejected_reason',
      limit: String(pageSize),
      ...(after === '' ? {} : { after }),
    })
    const path = `/${settings.wabaId}/message_templates?${query}`
    const answer = await callGraph(settings, http, { method: 'GET', path })
    if (answer.status < 200 || answer.status > 299) throw answerFailure(answer)
    const body = jsonObject(answer.text)
    if (!Array.isArray(body?.data)) throw new SendFailure('unknown-outcome', { detail: 'Meta answered without a list' })
    found.push(...listOf(body.data).flatMap(listed))
    const paging = fieldsOf(body.paging)
    const next = textOf(fieldsOf(paging.cursors).after)
    if (textOf(paging.next) === '' || next === '' || next === after) return found
    after = next
  }
  throw new SendFailure('unknown-outcome', { detail: 'Meta’s list of templates has no end' })
}

function listed(template: Fields): readonly ProviderTemplate[] {
  const status = templateStatus(template.status)
  const providerTemplateId = textOf(template.id)
  if (status === undefined || providerTemplateId === '') return []
  const reason = textOf(template.rejected_reason)
  const says = status === 'rejected' || status === 'paused' || status === 'disabled'
  return [
    {
      providerTemplateId,
      name: textOf(template.name),
      language: textOf(template.language),
      category: textOf(template.category),
      status,
      reason: says ? (reason === '' || reason === 'NONE' ? textOf(template.status) : reason) : null,
    },
  ]
}
