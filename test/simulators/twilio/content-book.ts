import { newSid } from './message-book.ts'

export type ContentStatus = 'received' | 'pending' | 'approved' | 'rejected' | 'paused' | 'disabled'

export interface Approval {
  readonly name: string
  readonly category: string
  readonly contentType: string
  readonly status: string
  readonly rejectionReason: string
}

export interface SimulatedContent {
  readonly sid: string
  readonly accountSid: string
  readonly friendlyName: string
  readonly language: string
  /** Values for variables that a message leaves out. */
  readonly variables: Readonly<Record<string, string>>
  readonly types: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  /** Null while it was not submitted to WhatsApp. */
  readonly approval: Approval | null
  readonly createdAt: string
}

export interface ContentBook {
  add(content: Omit<SimulatedContent, 'sid' | 'approval'>): SimulatedContent
  get(accountSid: string, sid: string): SimulatedContent | undefined
  /** Newest first. */
  of(accountSid: string): readonly SimulatedContent[]
  remove(sid: string): void
  submit(sid: string, name: string, category: string): SimulatedContent
  /** WhatsApp's word about a submitted content. @throws Error for one that was not submitted. */
  decide(sid: string, status: string, reason: string): void
  readonly all: readonly SimulatedContent[]
  clear(): void
}

/** The contents of every account, and what WhatsApp has said about each. */
export function contentBook(): ContentBook {
  const contents = new Map<string, SimulatedContent>()
  const change = (sid: string, approval: Approval): SimulatedContent => {
    const changed = { ...contents.get(sid)!, approval }
    contents.set(sid, changed)
    return changed
  }
  return {
    add(content) {
      const made = { ...content, sid: newSid('HX'), approval: null }
      contents.set(made.sid, made)
      return made
    },
    get(accountSid, sid) {
      const content = contents.get(sid)
      return content?.accountSid === accountSid ? content : undefined
    },
    of: (accountSid) => [...contents.values()].filter((content) => content.accountSid === accountSid).reverse(),
    remove: (sid) => void contents.delete(sid),
    submit: (sid, name, category) =>
      change(sid, { name, category, contentType: typeOf(contents.get(sid)!), status: 'received', rejectionReason: '' }),
    decide(sid, status, rejectionReason) {
      const approval = contents.get(sid)?.approval
      if (!approval) throw new Error('The simulator has no such submitted content.')
      change(sid, { ...approval, status, rejectionReason })
    },
    get all() {
      return [...contents.values()]
    },
    clear: () => contents.clear(),
  }
}

export function typeOf(content: SimulatedContent): string {
  return Object.keys(content.types)[0] ?? ''
}

/** Numbers of the variables that a content has anywhere. */
export function variablesOf(content: SimulatedContent): ReadonlySet<string> {
  return new Set([...JSON.stringify(content.types).matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name!))
}

/** What the consumer reads of it: its body, filled in. */
export function renderedBody(content: SimulatedContent, given: Readonly<Record<string, string>>): string {
  const values: Readonly<Record<string, string>> = { ...content.variables, ...given }
  const { body } = Object.values(content.types)[0] ?? {}
  return String(body ?? '').replace(/\{\{(\w+)\}\}/g, (whole, name: string) => values[name] ?? whole)
}

export function contentResource(content: SimulatedContent): Readonly<Record<string, unknown>> {
  const url = `https://content.twilio.com/v1/Content/${content.sid}`
  return {
    ...shared(content),
    url,
    links: { approval_create: `${url}/ApprovalRequests/whatsapp`, approval_fetch: `${url}/ApprovalRequests` },
  }
}

export function contentWithApproval(content: SimulatedContent): Readonly<Record<string, unknown>> {
  return { ...shared(content), approval_requests: approvalResource(content) }
}

export function approvalResource(content: SimulatedContent): Readonly<Record<string, unknown>> {
  const { approval } = content
  return {
    name: approval?.name ?? '',
    category: approval?.category ?? '',
    content_type: approval?.contentType ?? '',
    status: approval?.status ?? 'unsubmitted',
    rejection_reason: approval?.rejectionReason ?? '',
    allow_category_change: true,
  }
}

function shared(content: SimulatedContent): Readonly<Record<string, unknown>> {
  return {
    sid: content.sid,
    account_sid: content.accountSid,
    friendly_name: content.friendlyName,
    language: content.language,
    variables: content.variables,
    types: content.types,
    date_created: content.createdAt,
    date_updated: content.createdAt,
  }
}
