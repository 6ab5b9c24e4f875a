import { isStorable } from './outside-data.ts'
import { variablesIn } from './template.ts'

/** A text that agents send often, called up by `/shortcut`. */
export interface CannedReply {
  readonly cannedReplyId: string
  readonly title: string
  readonly shortcut: string
  /** May hold `{{variables}}`, which the agent's page fills from the conversation. */
  readonly text: string
  /** Null: for every skill. */
  readonly skillId: string | null
  /** Like `en` or `pt-BR`; null: whatever language. */
  readonly language: string | null
}

export type CannedReplyDraft = Omit<CannedReply, 'cannedReplyId'>

/** What the page knows of every conversation, or of most. */
export const cannedVariables = ['firstName', 'lastName', 'agentName', 'brand', 'skill', 'ivrNumber'] as const

const longestText = 4096

/** What is wrong with a canned reply, each a sentence; empty: nothing. */
export function checkCannedReply(draft: CannedReplyDraft, skillIds: ReadonlySet<string>): readonly string[] {
  const faults: string[] = []
  if (draft.title.trim() === '' || draft.title.length > 100 || /\p{Cc}/u.test(draft.title))
    faults.push('The title has 1 to 100 characters, on one line.')
  if (!/^[a-z0-9][a-z0-9_-]{0,31}$/.test(draft.shortcut))
    faults.push('The shortcut has 1 to 32 small letters, digits, hyphens and underscores.')
  if (draft.text.trim() === '') faults.push('The text must not be empty.')
  if (draft.text.length > longestText || !isStorable(draft.text))
    faults.push(`The text has at most ${longestText} characters, none of them unprintable.`)
  const unknown = variablesIn(draft.text).filter((name) => !(cannedVariables as readonly string[]).includes(name))
  if (unknown.length > 0)
    faults.push(
      `There is no variable ${unknown.map((name) => `{{${name}}}`).join(', ')}; there are ${cannedVariables.join(', ')}.`,
    )
  if (draft.skillId !== null && !skillIds.has(draft.skillId)) faults.push('There is no such skill.')
  if (draft.language !== null && !/^[a-z]{2,3}(-[A-Z]{2})?$/.test(draft.language))
    faults.push('The language must be like en or pt-BR.')
  return faults
}
