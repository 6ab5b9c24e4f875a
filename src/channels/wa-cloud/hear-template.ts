import type { Heard, ProviderTemplate } from '../connector.ts'
import { type Fields, fieldsOf, textOf } from './call-graph.ts'

type Status = ProviderTemplate['status']

/**
 * Meta's words for a template's state, in webhooks and in its list. A flagged template may still be sent. `LOCKED` and its like say
 * nothing about sending: undefined.
 */
const statuses: Readonly<Record<string, Status>> = {
  APPROVED: 'approved',
  REINSTATED: 'approved',
  FLAGGED: 'approved',
  UNARCHIVED: 'approved',
  PENDING: 'pending',
  IN_APPEAL: 'pending',
  REJECTED: 'rejected',
  LIMIT_EXCEEDED: 'rejected',
  PAUSED: 'paused',
  DISABLED: 'disabled',
  ARCHIVED: 'disabled',
  PENDING_DELETION: 'disabled',
  DELETED: 'disabled',
}

export function templateStatus(word: unknown): Status | undefined {
  const key = textOf(word).toUpperCase()
  return Object.hasOwn(statuses, key) ? statuses[key] : undefined
}

/** `message_template_status_update`. The category is '' where Meta does not say it. */
export function hearTemplate(value: Fields): Heard {
  const status = templateStatus(value.event)
  const providerTemplateId = textOf(value.message_template_id)
  if (status === undefined) return { kind: 'ignored', why: 'a state of a template we do not know' }
  if (!/^\d{1,30}$/.test(providerTemplateId)) return { kind: 'ignored', why: 'a state of no template' }
  return {
    kind: 'template',
    template: {
      providerTemplateId,
      name: textOf(value.message_template_name),
      language: textOf(value.message_template_language),
      category: textOf(value.message_template_category),
      status,
      reason: status === 'approved' || status === 'pending' ? null : reasonIn(value),
    },
  }
}

/** The most telling of Meta's several places: its sentence, its code, its word for the event. */
function reasonIn(value: Fields): string {
  const other = fieldsOf(value.other_info)
  const rejection = fieldsOf(value.rejection_info)
  const reason = textOf(value.reason)
  const parts = [
    reason === 'NONE' ? '' : reason,
    textOf(rejection.reason),
    textOf(rejection.recommendation),
    textOf(other.title),
    textOf(other.description),
  ].filter((part) => part !== '')
  return [...new Set(parts)].join(': ').replaceAll('.: ', '. ').slice(0, 500) || textOf(value.event)
}
