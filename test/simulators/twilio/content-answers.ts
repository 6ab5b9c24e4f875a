import { type Answer, errorAnswer } from './answers.ts'
import { approvalResource, contentResource, contentWithApproval, type SimulatedContent } from './content-book.ts'
import type { Operation } from './faults.ts'
import type { World } from './world.ts'

export interface ContentQuestion {
  readonly accountSid: string
  readonly sid: string
  readonly query: URLSearchParams
  readonly json: Readonly<Record<string, unknown>>
  /** Where the caller reached us, for the addresses of further pages. */
  readonly baseUrl: string
}

/** Categories that WhatsApp knows. */
const categories = new Set(['UTILITY', 'MARKETING', 'AUTHENTICATION'])

/** Twilio's Content API: make, fetch, remove and list contents, submit them to WhatsApp. */
export function contentAnswer(world: World, operation: Operation, question: ContentQuestion): Answer {
  if (operation === 'content-create') return create(world, question)
  if (operation === 'content-list') return { status: 200, body: page(world, question) }
  const content = world.contents.get(question.accountSid, question.sid)
  if (!content) return errorAnswer(20404, 404)
  if (operation === 'content-fetch') return { status: 200, body: contentResource(content) }
  if (operation === 'approval-create') return submit(world, content, question)
  if (operation === 'approval-fetch') return { status: 200, body: fetched(content) }
  world.contents.remove(content.sid)
  return { status: 204, body: '' }
}

function create(world: World, { accountSid, json }: ContentQuestion): Answer {
  const { friendly_name: friendlyName = '', language, variables = {}, types } = json
  if (Object.keys(types as object).length === 0) return errorAnswer(20001, 400, 'types is empty')
  const content = world.contents.add({
    accountSid,
    friendlyName: friendlyName as string,
    language: language as string,
    variables: variables as SimulatedContent['variables'],
    types: types as SimulatedContent['types'],
    createdAt: world.now().toISOString(),
  })
  return { status: 201, body: contentResource(content) }
}

/** A name is taken in its language, also by a template that was rejected. */
function submit(world: World, content: SimulatedContent, { json }: ContentQuestion): Answer {
  const { name, category } = json as { name: string; category: string }
  if (content.approval) return errorAnswer(20001, 409, 'The content was submitted before')
  if (!/^[a-z0-9_]{1,512}$/.test(name)) return errorAnswer(20001, 400, 'The name has other signs')
  if (!categories.has(category)) return errorAnswer(20001, 400, 'The category is unknown')
  const taken = world.contents
    .of(content.accountSid)
    .some((other) => other.approval?.name === name && other.language === content.language)
  if (taken) return errorAnswer(20001, 400, 'The name is taken in this language')
  return { status: 201, body: approvalResource(world.contents.submit(content.sid, name, category)) }
}

function fetched(content: SimulatedContent): Readonly<Record<string, unknown>> {
  return {
    sid: content.sid,
    account_sid: content.accountSid,
    whatsapp: { type: 'whatsapp', ...approvalResource(content) },
    url: `https://content.twilio.com/v1/Content/${content.sid}/ApprovalRequests`,
  }
}

function page(world: World, { accountSid, query, baseUrl }: ContentQuestion): Readonly<Record<string, unknown>> {
  const size = Number(query.get('PageSize') ?? 50)
  const index = Number(query.get('Page') ?? 0)
  const all = world.contents.of(accountSid)
  const address = (at: number): string => `${baseUrl}/v1/ContentAndApprovals?PageSize=${size}&Page=${at}`
  return {
    contents: all.slice(index * size, (index + 1) * size).map(contentWithApproval),
    meta: {
      page: index,
      page_size: size,
      key: 'contents',
      url: address(index),
      first_page_url: address(0),
      previous_page_url: index === 0 ? null : address(index - 1),
      next_page_url: (index + 1) * size < all.length ? address(index + 1) : null,
    },
  }
}
