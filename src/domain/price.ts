import type { AccountConfig } from './account.ts'
import type { Channel } from './channel.ts'
import { currencyPattern, type Money } from './money.ts'
import { isCountry } from './phone.ts'
import { segmentsIn } from './segments.ts'

/** What one message, or one part of a text, costs where its provider does not say so. In-app messages cost nothing. */
export interface Price {
  readonly priceId: string
  readonly channel: PricedChannel
  /** Only through this sender; null: any of the channel. */
  readonly senderId: string | null
  /** Of the consumer's number, ISO 3166 (`US`); null: any. */
  readonly country: string | null
  /** WhatsApp's pricing category in the provider's own word (`utility`); null: any. */
  readonly category: string | null
  readonly per: 'message' | 'segment'
  readonly micros: number
  readonly currency: string
}
export type PriceDraft = Omit<Price, 'priceId'>

export const pricedChannels = ['sms', 'wa'] as const satisfies readonly Channel[]
export type PricedChannel = (typeof pricedChannels)[number]

/** A thousand units of a currency for one message: more is a mistyped price. */
export const mostMicros = 1_000_000_000
export const mostPrices = 2_000
export const categoryPattern = '^[a-z][a-z_]{0,39}$'

/** What a price depends on. */
export interface BilledMessage {
  readonly channel: Channel
  readonly senderId: string
  readonly country: string | null
  readonly category: string | null
  readonly text: string
}

/**
 * What a message costs by the table: of the prices that fit, the one that names more; the sender outweighs the country,
 * that outweighs the category. @returns null: the table does not say.
 */
export function costBy(prices: readonly Price[], message: BilledMessage): Money | null {
  const fits = (wanted: string | null, is: string | null) => wanted === null || wanted === is
  const weight = ({ senderId, country, category }: Price) =>
    (senderId === null ? 0 : 4) + (country === null ? 0 : 2) + (category === null ? 0 : 1)
  const [best] = prices
    .filter(
      (price) =>
        price.channel === message.channel &&
        fits(price.senderId, message.senderId) &&
        fits(price.country, message.country) &&
        fits(price.category, message.category),
    )
    .sort((a, b) => weight(b) - weight(a))
  if (best === undefined) return null
  const units = best.per === 'segment' ? segmentsIn(message.text) : 1
  return { micros: best.micros * units, currency: best.currency }
}

/** What is wrong with a price, each a sentence; empty: nothing. */
export function priceFaults(draft: PriceDraft, config: AccountConfig): readonly string[] {
  const { channel, senderId, country, category, per, micros, currency } = draft
  const sender = senderId === null ? null : config.senders.get(senderId)
  return [
    ...(sender === undefined ? ['There is no such sender.'] : []),
    ...(sender && sender.channel !== channel ? [`The sender "${sender.title}" is not of this channel.`] : []),
    ...(country !== null && !isCountry(country) ? [`"${country}" is no country: give two letters such as US.`] : []),
    ...(category !== null && channel !== 'wa' ? ['Only WhatsApp has pricing categories.'] : []),
    ...(category !== null && !new RegExp(categoryPattern).test(category)
      ? ['A category is a word of small letters, such as utility.']
      : []),
    ...(per === 'segment' && channel !== 'sms' ? ['Only SMS is billed by segments.'] : []),
    ...(Number.isInteger(micros) && micros >= 0 && micros <= mostMicros
      ? []
      : [`A price is 0 to ${mostMicros / 1_000_000} units of its currency.`]),
    ...(new RegExp(currencyPattern).test(currency) ? [] : ['A currency has three capital letters, such as USD.']),
  ]
}

/**
 * Seconds after which a message's price is asked for, each from the time before: providers know it some minutes after
 * sending, and one that still does not know after a day and a half never will.
 */
export const priceAskSeconds = [180, 600, 3_600, 21_600, 86_400] as const
