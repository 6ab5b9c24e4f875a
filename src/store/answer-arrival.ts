import type { AccountConfig } from '../domain/account.ts'
import { noTexts, textOnArrival, wordsOf } from '../domain/auto-text.ts'
import { openingState } from '../domain/opening-hours.ts'
import { type Sender, senderWorks } from '../domain/sender.ts'
import { askForOffers } from './ask-for-offers.ts'
import { lastTold, tellAutomatically } from './auto-texts.ts'
import type { DbOrTx } from './db.ts'

/** An automatic answer that could not go out for an hour would only puzzle. */
const worthSendingForMs = 3_600_000

/**
 * What follows from a consumer's message that waits for an agent, under `lockConsumer`: an automatic text when one is due,
 * and somebody to offer a new conversation to.
 */
export async function answerArrival(
  tx: DbOrTx,
  account: AccountConfig,
  sender: Sender,
  arrival: {
    readonly conversationId: string
    readonly skillId: string
    readonly address: string
    readonly opened: boolean
  },
  now: Date,
): Promise<void> {
  const skill = account.skills.get(arrival.skillId)
  if (skill === undefined) return
  const { accountId } = account
  const { conversationId, opened, address } = arrival
  if (opened && skill.routing === 'offer') await askForOffers(tx, accountId, conversationId)
  const { open, since } = openingState(skill.hours, now)
  if (open && !opened) return
  const outOfHoursAt = open ? null : await lastTold(tx, accountId, conversationId, 'outOfHours')
  const kind = textOnArrival({ opened, queued: true, open, closedSince: since, outOfHoursAt })
  const body = kind && wordsOf(kind, skill.texts, account.settings?.texts ?? noTexts)
  if (kind === null || body === null || !senderWorks(sender)) return
  const { senderId, channel } = sender
  await tellAutomatically(tx, accountId, {
    ...{ conversationId, senderId, channel, address, kind, body },
    title: channel === 'inapp' ? account.title : null,
    expiresAt: new Date(now.getTime() + worthSendingForMs),
  })
}
