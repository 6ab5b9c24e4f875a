import type { AccountConfig } from './account.ts'
import type { StoredMedia } from './message.ts'
import { isStorable } from './outside-data.ts'
import type { Sender } from './sender.ts'
import {
  buttonKeys,
  fillVariables,
  lackingVariables,
  type ManagedTemplate,
  type TemplateVariables,
  variablesIn,
} from './template.ts'
import { parseTemplateVariables } from './template-variables.ts'

/**
 * What an agent says: a text, a file with `text` as its caption (which may be empty), or an approved template. A file is
 * one uploaded here (`files`: its id) or one at a public address of the brand's (`media`).
 */
export type ReplyWords =
  | { readonly kind?: 'text'; readonly text: string; readonly media?: StoredMedia; readonly files?: readonly string[] }
  | { readonly kind: 'template'; readonly templateId: string; readonly templateVariables?: unknown }

/** What is stored of a reply. */
export interface ReplyDraft {
  readonly body: string
  readonly media: StoredMedia | null
  readonly templateId: string | null
  readonly templateVariables: TemplateVariables | null
}

interface ReplyLimits {
  readonly text: number
  /** Content types that may be sent. */
  readonly media: Readonly<Record<string, number>>
}

const longestUrl = 2_000
const longestFileName = 240

/**
 * A reply as it may be stored, or each reason why it cannot go, a sentence for the agent.
 * @param uploaded the file that `files` names.
 */
export function draftReply(
  words: ReplyWords,
  limits: ReplyLimits,
  account: Pick<AccountConfig, 'templates' | 'senders'>,
  sender: Sender,
  uploaded: StoredMedia | null = null,
): ReplyDraft | { readonly faults: readonly string[] } {
  return words.kind === 'template' ? draftTemplate(words, account, sender) : draftText(words, limits, uploaded)
}

function draftText(
  { text, media: given }: Extract<ReplyWords, { text: string }>,
  limits: ReplyLimits,
  uploaded: StoredMedia | null,
): ReplyDraft | { readonly faults: readonly string[] } {
  const faults: string[] = []
  const media = uploaded ?? given
  if (uploaded !== null && given !== undefined) faults.push('One file goes with a message.')
  if (text.trim() === '' && media === undefined) faults.push('The text is empty.')
  if (!isStorable(text)) faults.push('The text holds characters that no message can carry.')
  if (text.length > limits.text) faults.push(`The text has ${text.length} characters; ${limits.text} fit.`)
  if (media !== undefined) {
    const { url, contentType, fileName = null } = media
    if (!Object.hasOwn(limits.media, contentType)) {
      const taken = Object.keys(limits.media)
      faults.push(
        taken.length === 0
          ? 'This channel takes no files.'
          : `This channel takes no files of this type; it takes ${taken.join(', ')}.`,
      )
    }
    if (
      uploaded === null &&
      (!URL.canParse(url) || new URL(url).protocol !== 'https:' || url.length > longestUrl || !isStorable(url))
    )
      faults.push('The address of the file must begin with https://, where the provider can fetch it.')
    if (fileName !== null && (fileName.length > longestFileName || !isStorable(fileName) || /[/\\\n\r]/.test(fileName)))
      faults.push(`The name of the file must be one line of at most ${longestFileName} characters, without slashes.`)
  }
  if (faults.length > 0) return { faults }
  return { body: text, media: media ?? null, templateId: null, templateVariables: null }
}

function draftTemplate(
  words: Extract<ReplyWords, { kind: 'template' }>,
  account: Pick<AccountConfig, 'templates' | 'senders'>,
  sender: Sender,
): ReplyDraft | { readonly faults: readonly string[] } {
  const template = replyTemplates(account, sender).find(({ templateId }) => templateId === words.templateId)
  if (template === undefined)
    return { faults: ['There is no such approved template for the sender of this conversation.'] }
  const { variables, faults } = parseTemplateVariables(words.templateVariables)
  if (faults.length > 0) return { faults }
  const missing = lackingVariables(template, variables).map((field) => `templateVariables.${field}`)
  if (missing.length > 0) return { faults: missing.map((name) => `${name} is missing.`) }
  return {
    body: fillVariables(template.body, variables.body),
    media: null,
    templateId: template.templateId,
    templateVariables: variables,
  }
}

/** The approved templates that a sender may send: those submitted through it or through another of the same connector. */
export function replyTemplates(
  account: Pick<AccountConfig, 'templates' | 'senders'>,
  sender: Pick<Sender, 'connector' | 'channel'>,
): readonly ManagedTemplate[] {
  if (sender.channel !== 'wa') return []
  return [...account.templates.values()].filter(
    ({ status, senderId }) =>
      status === 'approved' && (senderId === null || account.senders.get(senderId)?.connector === sender.connector),
  )
}

/** Names of the variables that a template needs, by part. */
export function neededVariables(template: ManagedTemplate): Readonly<Record<'body' | 'header' | 'buttons', string[]>> {
  const { body, header, buttons } = template
  return {
    body: [...variablesIn(body)],
    header: [...variablesIn(header?.content ?? '')],
    buttons: [...buttonKeys(buttons)],
  }
}
