import type { Answer } from '../api.ts'

type Whole = Answer<'GET /api/workspace/conversations/{conversationId}'>

/** A conversation as lists show it, kept up to date by events. */
export type ConversationView = Whole['conversation']

/** A message, or a note that only colleagues see. */
export type MessageView = Whole['messages'][number]

/** A conversation that has been opened: everything its agent needs. */
export interface Thread extends Omit<Whole, 'messages'> {
  readonly messages: readonly MessageView[]
  /** Grows with each asking for it: of two answers the one that was asked for later holds. */
  readonly asked: number
}

/** Where a page begins. */
export type Snapshot = Answer<'GET /api/workspace/snapshot'>
export type Me = Snapshot['me']
export type Presence = Me['presence']
export type SkillView = Snapshot['skills'][number]
export type AgentView = Snapshot['agents'][number]

/** What the stream tells: each a whole view, so hearing one twice does no harm. */
export type LiveEvent = Answer<'GET /api/workspace/events'>
