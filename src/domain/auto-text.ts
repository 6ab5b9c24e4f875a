import { automaticAnswersAnHour } from './opt-out.ts'

export const autoTextKinds = ['firstAnswer', 'outOfHours', 'waiting', 'survey'] as const
export type AutoTextKind = (typeof autoTextKinds)[number]

/** The brand's own words; null: nothing is said, or for a skill: what the account says. An empty text of a skill is silence. */
export type AutoTexts = { readonly [K in AutoTextKind]: string | null }

export const noTexts: AutoTexts = { firstAnswer: null, outOfHours: null, waiting: null, survey: null }
/** What is asked where a survey is on and nobody wrote a question. */
export const defaultSurveyText = 'How did we do? Answer with a number from 1 (bad) to 5 (very good).'
/** The longest SMS that providers take (`reference/providers.md`). */
const longestText = 1_600

/**
 * Automatic messages of every kind to one consumer within a day. With the three of an hour it is what stops two robots:
 * one that answers each of ours, closed and begun again as often as it likes, gets ten answers a day (reliability CC-09).
 */
export const mostAutoTextsADay = 10

/** Automatic messages that this consumer got lately. */
export interface AutoTextCounts {
  readonly withinHour: number
  readonly withinDay: number
}

/** Whether one more automatic text may go to this consumer. */
export function mayTell(counts: AutoTextCounts): boolean {
  return counts.withinHour < automaticAnswersAnHour && counts.withinDay < mostAutoTextsADay
}

/** What is said, in the skill's words or else the account's; null: nothing. */
export function wordsOf(kind: AutoTextKind, skill: AutoTexts, account: AutoTexts): string | null {
  const words = skill[kind] ?? account[kind] ?? (kind === 'survey' ? defaultSurveyText : null)
  return words === null || words.trim() === '' ? null : words
}

/** A consumer's message that waits for an agent, and what was said automatically in its conversation before. */
export interface ArrivalFacts {
  /** The message opened the conversation. */
  readonly opened: boolean
  /** It waits in its queue; an agent who owns it answers for themselves. */
  readonly queued: boolean
  readonly open: boolean
  /** Of the closed hours now; null: longer than anybody looks back. */
  readonly closedSince: Date | null
  /** When this conversation was told last that nobody is there. */
  readonly outOfHoursAt: Date | null
}

/** What a consumer hears who has just written: once for each closing time that nobody is there, else once that it has arrived. */
export function textOnArrival(facts: ArrivalFacts): 'firstAnswer' | 'outOfHours' | null {
  if (!facts.queued) return null
  if (facts.open) return facts.opened ? 'firstAnswer' : null
  const told = facts.outOfHoursAt !== null && (facts.closedSince === null || facts.outOfHoursAt >= facts.closedSince)
  return told ? null : 'outOfHours'
}

/** Tabs and line breaks are writing; other control characters are not. */
const unprintable = /[^\P{Cc}\t\n\r]/u

/** What is wrong with automatic texts, each a sentence for the administrator; empty: nothing. */
export function checkAutoTexts(texts: AutoTexts): readonly string[] {
  const all = Object.values(texts).filter((text) => text !== null)
  const faults: string[] = []
  if (all.some((text) => text.length > longestText))
    faults.push(`An automatic text has at most ${longestText} characters.`)
  if (all.some((text) => unprintable.test(text))) faults.push('An automatic text must hold no control characters.')
  return faults
}
