import { type AskedSurvey, surveyAnswer } from './survey.ts'

/** An invite of this sender and consumer that has gone out, or may have. */
export interface SentInvite {
  readonly callId: string
  readonly skillId: string
  /** While the send's answer is not known: when it was accepted. A reply may come before that answer is stored. */
  readonly sentAt: Date
  readonly lookbackMinutes: number
  readonly routeAllWithinLookback: boolean
  /** Null while nobody has answered it. */
  readonly conversationId: string | null
}

export interface ReplyFacts {
  readonly at: Date
  /** With this consumer on this sender. */
  readonly openConversationId: string | null
  /** Newest first. */
  readonly invites: readonly SentInvite[]
  /** The account's skill for replies that belong to no invite; null: none. */
  readonly defaultSkillId: string | null
}

export type ReplyRoute =
  /** `answers`: the call whose invite this is the first answer to, if it is one. */
  | { readonly kind: 'append'; readonly conversationId: string; readonly answers: string | null }
  /** The answer to an invite: the conversation the call was moved into. */
  | { readonly kind: 'answer'; readonly skillId: string; readonly callId: string }
  /** An ordinary inbound conversation, no part of any call's journey. */
  | { readonly kind: 'ordinary'; readonly skillId: string; readonly why: 'late' | 'closed' | 'uninvited' }
  /** The answer to the question how a conversation was that is closed. */
  | { readonly kind: 'score'; readonly conversationId: string; readonly score: number }
  /** Kept and counted; nobody is asked to answer it. */
  | { readonly kind: 'none'; readonly why: 'late' | 'uninvited' | 'keyword' }

/** Whether a reply at `at` still belongs to the invite: the window begins with the send and includes its last moment. */
export function lookbackHolds(invite: Pick<SentInvite, 'sentAt' | 'lookbackMinutes'>, at: Date): boolean {
  return at.getTime() <= invite.sentAt.getTime() + invite.lookbackMinutes * 60_000
}

/** The invite that a message now answers: the newest in its window that nobody has answered yet. */
export function invitedBy(facts: Pick<ReplyFacts, 'at' | 'invites'>): SentInvite | null {
  return facts.invites.find((invite) => invite.conversationId === null && lookbackHolds(invite, facts.at)) ?? null
}

/**
 * Which conversation an ordinary text of a consumer belongs to. In order: the open one; a new one for the newest unanswered
 * invite in its window; for one in its window whose conversation is closed, the same skill when the handoff routes
 * everything within the lookback; the default skill; without a default skill, the closed one's skill; else none.
 */
export function routeReply(facts: ReplyFacts): ReplyRoute {
  const answered = invitedBy(facts)
  if (facts.openConversationId !== null)
    return { kind: 'append', conversationId: facts.openConversationId, answers: answered?.callId ?? null }
  if (answered !== null) return { kind: 'answer', skillId: answered.skillId, callId: answered.callId }

  const closed = facts.invites.find((invite) => lookbackHolds(invite, facts.at))
  const why = closed !== undefined ? 'closed' : facts.invites.length > 0 ? 'late' : 'uninvited'
  if (closed?.routeAllWithinLookback) return { kind: 'ordinary', skillId: closed.skillId, why: 'closed' }
  if (facts.defaultSkillId !== null) return { kind: 'ordinary', skillId: facts.defaultSkillId, why }
  if (closed !== undefined) return { kind: 'ordinary', skillId: closed.skillId, why: 'closed' }
  return { kind: 'none', why: facts.invites.length > 0 ? 'late' : 'uninvited' }
}

/** A number from 1 to 5 that answers the survey is no new conversation; null: the text is an ordinary one. */
export function routeScore(
  facts: Pick<ReplyFacts, 'at' | 'invites' | 'openConversationId'> & { readonly survey: AskedSurvey | null },
  text: string,
): ReplyRoute | null {
  if (facts.survey === null || facts.openConversationId !== null) return null
  const score = surveyAnswer(facts.survey, { text, at: facts.at, lastInvitedAt: facts.invites[0]?.sentAt ?? null })
  return score === null ? null : { kind: 'score', conversationId: facts.survey.conversationId, score }
}

/** Where a keyword (STOP, START, HELP) goes: an open conversation shows it, but it never opens one. */
export function routeKeyword(facts: Pick<ReplyFacts, 'openConversationId'>): ReplyRoute {
  if (facts.openConversationId !== null)
    return { kind: 'append', conversationId: facts.openConversationId, answers: null }
  return { kind: 'none', why: 'keyword' }
}
