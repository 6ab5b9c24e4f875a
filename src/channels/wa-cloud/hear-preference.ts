import type { Heard } from '../connector.ts'
import { phoneOf, userIdOf } from './addresses.ts'
import { type Fields, textOf } from './call-graph.ts'
import { timeOf } from './time.ts'

/** WhatsApp's own switch "stop marketing messages" and back: no message, but the same wish as STOP. */
export function hearPreference(preference: Fields): Heard {
  const value = textOf(preference.value).toLowerCase()
  if (value !== 'stop' && value !== 'resume') return { kind: 'ignored', why: 'a preference we do not know' }
  const from = phoneOf(preference.wa_id) || userIdOf(preference.user_id)
  if (from === '') return { kind: 'ignored', why: 'a preference of nobody' }
  const evidence = textOf(preference.detail) || `${textOf(preference.category)} ${value}`.trim()
  return { kind: 'opt-out', from, resume: value === 'resume', evidence, at: timeOf(preference.timestamp) }
}
