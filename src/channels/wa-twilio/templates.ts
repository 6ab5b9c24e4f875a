import type { Sender } from '../../domain/sender.ts'
import type { Template } from '../../domain/template.ts'
import type { ConnectorTemplates, NewTemplate, ProviderTemplate } from '../connector.ts'
import { SendFailure } from '../failures.ts'
import type { OutboundAnswer, OutboundHttp } from '../http.ts'
import { callTwilio, errorCodeOf, isRecord, jsonObject } from '../twilio/call-twilio.ts'
import { createFailure } from '../twilio/error-codes.ts'
import { checkTemplate } from './check-template.ts'
import { contentFor } from './content-types.ts'
import { settingsOf, type WhatsappSettings } from './settings.ts'

/** A content may have kilobytes of text, so few stand on a page; an account has some thousands at most. */
const pageSize = 50
const mostPages = 200

export const templates: ConnectorTemplates = { check: checkTemplate, submit, remove, list }

/** Twilio's words and ours. A new word is in nobody's favour: a template that may not be approved is not used. */
const statuses: Readonly<Record<string, Template['status']>> = {
  unsubmitted: 'draft',
  received: 'pending',
  pending: 'pending',
  approved: 'approved',
  rejected: 'rejected',
  paused: 'paused',
  disabled: 'disabled',
}

/**
 * Makes the content, then asks WhatsApp to approve it. A content that was refused there is removed again, so that a mended
 * template leaves no dead ones behind.
 * @throws SendFailure `template-rejected` for a refusal; `unknown-outcome` when it may have been submitted: `list` then shows it.
 */
async function submit(template: NewTemplate, sender: Sender, http: OutboundHttp): Promise<ProviderTemplate> {
  const settings = settingsOf(sender)
  const contents = `${settings.contentBaseUrl}/v1/Content`
  const made = await callTwilio(settings, http, { method: 'POST', url: contents, json: contentFor(template) })
  if (made.status < 200 || made.status > 299) throw refusal(made)
  const sid = jsonObject(made.text)?.sid
  if (!isContentSid(sid))
    throw new SendFailure('unknown-outcome', { detail: `Twilio answered ${made.status} without a content` })

  const { name, language, category } = template
  const url = `${contents}/${sid}/ApprovalRequests/whatsapp`
  const asked = await callTwilio(settings, http, { method: 'POST', url, json: { name, category } })
  if (asked.status < 200 || asked.status > 299) {
    const failure = refusal(asked)
    if (failure.kind === 'template-rejected') await tidyAway(`${contents}/${sid}`, settings, http)
    throw failure
  }
  const approval = jsonObject(asked.text) ?? {}
  return { providerTemplateId: sid, name, language, ...decided(approval, category, 'pending') }
}

/** The content and with it WhatsApp's template. @throws SendFailure when Twilio did not say yes, and not that it has none. */
async function remove(
  { providerTemplateId }: Pick<ProviderTemplate, 'providerTemplateId'>,
  sender: Sender,
  http: OutboundHttp,
): Promise<void> {
  const settings = settingsOf(sender)
  const url = `${settings.contentBaseUrl}/v1/Content/${providerTemplateId}`
  const answer = await callTwilio(settings, http, { method: 'DELETE', url })
  const gone = answer.status === 404 && errorCodeOf(jsonObject(answer.text)?.code) === '20404'
  if (!gone && (answer.status < 200 || answer.status > 299)) throw refusal(answer)
}

/** @throws SendFailure when Twilio could not be asked, or does not come to an end. */
async function list(sender: Sender, http: OutboundHttp): Promise<readonly ProviderTemplate[]> {
  const settings = settingsOf(sender)
  const address = `${settings.contentBaseUrl}/v1/ContentAndApprovals?`
  const found: ProviderTemplate[] = []
  let url = `${address}PageSize=${pageSize}`
  for (let page = 0; page < mostPages; page++) {
    const answer = await callTwilio(settings, http, { method: 'GET', url })
    if (answer.status !== 200) throw createFailure(answer)
    const body = jsonObject(answer.text)
    if (!body || !Array.isArray(body.contents)) throw unreadable()
    found.push(...body.contents.filter(isRecord).flatMap((content) => templateIn(content, settings)))
    const next = isRecord(body.meta) ? body.meta.next_page_url : null
    if (next === null || next === undefined) return found
    // Credentials go with the next request: only to the same list.
    if (typeof next !== 'string' || !next.startsWith(address)) throw unreadable()
    url = next
  }
  throw unreadable()
}

function templateIn(
  content: Readonly<Record<string, unknown>>,
  settings: WhatsappSettings,
): readonly ProviderTemplate[] {
  const { sid, language, friendly_name: friendlyName, account_sid: account } = content
  if (!isContentSid(sid) || typeof language !== 'string') return []
  if (typeof account === 'string' && account !== settings.accountSid) return []
  const approval = isRecord(content.approval_requests) ? content.approval_requests : {}
  const name = textOf(approval.name) || textOf(friendlyName)
  return [{ providerTemplateId: sid, name, language, ...decided(approval, '', 'draft') }]
}

/** `silent`: what it is when Twilio says nothing of a status. */
function decided(
  approval: Readonly<Record<string, unknown>>,
  category: string,
  silent: Template['status'],
): Pick<ProviderTemplate, 'category' | 'status' | 'reason'> {
  const word = textOf(approval.status).toLowerCase()
  const status = Object.hasOwn(statuses, word) ? statuses[word]! : word === '' ? silent : 'pending'
  const refused = status === 'rejected' || status === 'paused' || status === 'disabled'
  return {
    category: textOf(approval.category).toUpperCase() || category,
    status,
    reason: refused ? textOf(approval.rejection_reason) || null : null,
  }
}

/** Best effort: a content that stays is only untidy. */
async function tidyAway(url: string, settings: WhatsappSettings, http: OutboundHttp): Promise<void> {
  try {
    await callTwilio(settings, http, { method: 'DELETE', url })
  } catch (error) {
    if (!(error instanceof SendFailure)) throw error
  }
}

/** As for a message, but what Twilio refuses about a template's content is the template's fault. */
function refusal(answer: OutboundAnswer): SendFailure {
  const failure = createFailure(answer)
  if (failure.kind !== 'content-rejected') return failure
  return new SendFailure('template-rejected', { providerCode: failure.providerCode, detail: failure.message })
}

const unreadable = () => new SendFailure('unknown-outcome', { detail: 'Twilio’s list of contents cannot be read' })
const isContentSid = (value: unknown): value is string => typeof value === 'string' && /^HX[0-9a-f]{32}$/i.test(value)
const textOf = (value: unknown): string => (typeof value === 'string' ? value.replaceAll('\0', '').trim() : '')
