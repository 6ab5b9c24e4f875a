import type { Sight } from './sight.ts'

/** Hours for which events are kept: a page that was away for longer begins again. */
export const eventsKeptHours = 48

/** Everything that can change on an agent's page. `rights`: of one user. `everything`: names that stand all over the page. */
export const eventKinds = ['conversation', 'message', 'agent', 'skill', 'rights', 'everything'] as const
export type EventKind = (typeof eventKinds)[number]

/** That something changed. Its content is read when the event is told, so telling it late or twice does no harm. */
export type LiveEvent = {
  readonly number: number
  /** When, to the microsecond, as the database writes it: tells it from another that is given its number after a breakdown. */
  readonly at: string
} & (
  | {
      readonly kind: 'conversation'
      readonly conversationId: string
      /** In whose sight it was before; `nobody`: it is new; `unknown`: the event before is no longer kept. */
      readonly before: Sight | 'nobody' | 'unknown'
      /** In whose sight it was when the event was written. */
      readonly after: Sight
    }
  | { readonly kind: 'message'; readonly conversationId: string; readonly messageId: string }
  | { readonly kind: 'agent'; readonly userId: string }
  | { readonly kind: 'skill'; readonly skillId: string }
  | { readonly kind: 'rights'; readonly userId: string }
  | { readonly kind: 'everything' }
)
