import type { Answer } from '../api.ts'

export type CannedReply = Answer<'GET /api/workspace/canned-replies'>['cannedReplies'][number]

/** What has been typed after a `/` at the caret; null when there is none, or when it is part of a date or an address. */
export function slashAt(text: string, caret: number): { readonly start: number; readonly word: string } | null {
  const found = /(?:^|\s)\/([\p{L}\p{N}_-]{0,40})$/u.exec(text.slice(0, caret))
  if (found === null) return null
  return { start: caret - found[1]!.length - 1, word: found[1]! }
}

/** Those of the skill, best first: the shortcut that begins so, then one whose title has all the words. */
export function cannedFor(all: readonly CannedReply[], skillId: string, word: string): readonly CannedReply[] {
  const wanted = word.toLowerCase()
  const usable = all.filter((one) => one.skillId === null || one.skillId === skillId)
  const rank = ({ shortcut, title }: CannedReply) => {
    if (shortcut.toLowerCase().startsWith(wanted)) return 0
    if (title.toLowerCase().includes(wanted)) return 1
    return 2
  }
  return usable
    .filter((one) => rank(one) < 2)
    .sort((a, b) => rank(a) - rank(b) || a.shortcut.localeCompare(b.shortcut))
    .slice(0, 8)
}

/** The text with its `{{variables}}` put in; what is not known stays, for the agent to see and fill. */
export function fillCanned(text: string, variables: Readonly<Record<string, string | null | undefined>>): string {
  return text.replace(/\{\{\s*([\w.]+)\s*\}\}/g, (whole, name: string) => variables[name] || whole)
}

/** Where the first unfilled variable stands, to be selected. */
export function firstGap(text: string): { readonly start: number; readonly end: number } | null {
  const gap = /\{\{\s*[\w.]+\s*\}\}/.exec(text)
  return gap === null ? null : { start: gap.index, end: gap.index + gap[0].length }
}
