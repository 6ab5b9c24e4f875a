import type { UserCaller } from './caller.ts'
import {
  type ConversationAct,
  type ConversationFacts,
  type ConversationRefusal,
  conversationActs,
  maySeeAddress,
  refusalOf,
} from './conversation-acts.ts'
import { masked } from './masked.ts'

/** What the page may offer: an act, or why it is not possible. */
export interface ActAnswer {
  readonly act: ConversationAct
  readonly refusal: ConversationRefusal | null
}

/** The answers of the rules for one conversation, given along with it. */
export function actAnswers(
  caller: UserCaller,
  held: readonly string[],
  facts: ConversationFacts,
): readonly ActAnswer[] {
  return conversationActs.map((act) => ({ act, refusal: refusalOf(act, caller, held, facts) }))
}

/** The same conversation with the consumer's number cut to its end, for those who do not need it. */
export function shownTo<C extends ConversationFacts & { address: string; consumerPhone: string | null }>(
  caller: UserCaller,
  conversation: C,
): C {
  if (maySeeAddress(caller, conversation)) return conversation
  const { address, consumerPhone } = conversation
  return {
    ...conversation,
    address: masked(address),
    consumerPhone: consumerPhone === null ? null : masked(consumerPhone),
  }
}

/** What a conversation holds, and who dealt with it. */
interface Contents {
  readonly callId: string | null
  readonly consumerName: string | null
  readonly owner: unknown
  readonly offer: unknown
  readonly joined: readonly unknown[]
  readonly unread: number
  readonly waitingSince: Date | null
  readonly lastText: string
  readonly lastDirection: 'in' | 'out' | null
  readonly tags: readonly string[]
  readonly survey: unknown
}

/** The same conversation for somebody who may not read it: that there was one, of which skill, when, and whether it is over. */
export function outlineOf<C extends Contents>(conversation: C): C {
  return {
    ...conversation,
    ...{ callId: null, consumerName: null, owner: null, offer: null, joined: [], unread: 0, waitingSince: null },
    ...{ lastText: '', lastDirection: null, tags: [], survey: null },
  }
}
