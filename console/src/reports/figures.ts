import { duration } from '../ui/duration.ts'
import type { CountedStep, Figures } from './shapes.ts'

const whole = new Intl.NumberFormat()
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })
const tenth = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 })
const oneDecimal = new Intl.NumberFormat(undefined, { minimumFractionDigits: 1, maximumFractionDigits: 1 })

export const countText = (count: number): string => whole.format(count)
/** In as few letters as a small place has: `980`, `1.2K`. */
export const shortText = (count: number): string => short.format(count)
/** A share of one as per cent; a share of none has no per cent. */
export const shareText = (share: number | null): string => (share === null ? '–' : `${tenth.format(share * 100)} %`)
export const shareOf = (part: number, of: number): number | null => (of === 0 ? null : part / of)

/** Millionths of a currency as an amount of it; what one text costs is too little for cents. */
export function moneyText(micros: number, currency: string): string {
  const amount = micros / 1_000_000
  const small = amount !== 0 && Math.abs(amount) < 1
  const digits = small ? { minimumFractionDigits: 4, maximumFractionDigits: 4 } : {}
  try {
    return new Intl.NumberFormat(undefined, { style: 'currency', currency, ...digits }).format(amount)
  } catch {
    return `${whole.format(amount)} ${currency}`
  }
}

/** The same in as few letters as an axis has. */
function shortMoneyText(micros: number, currency: string): string {
  const amount = micros / 1_000_000
  const [least, most] = amount >= 1_000 ? [0, 1] : Number.isInteger(amount) ? [0, 0] : amount < 0.1 ? [2, 4] : [2, 2]
  const options = { notation: 'compact', minimumFractionDigits: least, maximumFractionDigits: most } as const
  try {
    const money = { style: 'currency', currency, currencyDisplay: 'narrowSymbol' } as const
    return new Intl.NumberFormat('en', { ...options, ...money }).format(amount)
  } catch {
    return new Intl.NumberFormat('en', options).format(amount)
  }
}

/** The funnel's steps in their order, as the server names them. */
export const steps = ['attempted', 'eligible', 'sent', 'delivered', 'read', 'replied', 'handled', 'closed'] as const
export type Step = (typeof steps)[number]

export const stepWords: Readonly<Record<Step, readonly [label: string, meaning: string]>> = {
  attempted: ['Calls', 'asked to go on by message'],
  eligible: ['Eligible', 'could be offered at least one channel'],
  sent: ['Sent', 'the invite was handed to the provider'],
  delivered: ['Delivered', 'the invite reached the phone'],
  read: ['Read', 'or answered: SMS does not tell'],
  replied: ['Replied', 'the consumer answered'],
  handled: ['Handled', 'an agent took the conversation'],
  closed: ['Closed', 'the conversation has ended'],
}

/** What calls can be counted by besides, in the words of a list of them. */
export const countedWords: Readonly<Record<CountedStep, string>> = {
  attempted: 'Calls',
  eligible: 'Eligible calls',
  invited: 'Invited',
  sent: 'Sent',
  delivered: 'Delivered',
  read: 'Read',
  replied: 'Replied',
  handled: 'Handled by an agent',
  closed: 'Conversation closed',
  failed: 'Failed',
  skipped: 'Not sent: opted out',
  optedOut: 'Opted out',
  abandoned: 'Closed without an agent',
  scored: 'Gave a score',
}

/** Money is in millionths of its currency. */
export type Unit = 'count' | 'share' | 'score' | 'seconds' | Money
type Money = `money:${string}`

/** The currency of money; null: it is none. */
const currencyOf = (unit: Unit): string | null => (unit.startsWith('money:') ? unit.slice('money:'.length) : null)

/** Whether each piece of time has an amount of its own, which adds up to that of all of them. */
export const addsUp = (unit: Unit): boolean => unit === 'count' || currencyOf(unit) !== null

/** A figure that is shown, drawn or compared. `good`: which way a manager wants it to go. */
export interface Figure {
  readonly id: string
  readonly label: string
  readonly unit: Unit
  readonly good: 'more' | 'less' | 'either'
  /** The calls behind it; null: it is of no calls in particular. */
  readonly step: CountedStep | null
  /** null: there is nothing that it could be of. */
  of(figures: Figures): number | null
}

const count = (id: Step | 'optedOut', label: string, good: Figure['good']): Figure => ({
  id,
  label,
  unit: 'count',
  good,
  step: id,
  of: (figures) => figures[id],
})
const seconds = (id: keyof Figures['seconds'], label: string): Figure => ({
  id,
  label,
  unit: 'seconds',
  good: 'less',
  step: null,
  of: (figures) => figures.seconds[id],
})

export const figure = {
  attempted: count('attempted', 'Calls', 'either'),
  sent: count('sent', 'Sent', 'more'),
  delivered: count('delivered', 'Delivered', 'more'),
  replied: count('replied', 'Replied', 'more'),
  handled: count('handled', 'Handled', 'more'),
  optedOut: count('optedOut', 'Opted out', 'less'),
  replyRate: {
    id: 'replyRate',
    label: 'Reply rate',
    unit: 'share',
    good: 'more',
    step: null,
    of: ({ replied, sent }) => shareOf(replied, sent),
  },
  csat: {
    id: 'csat',
    label: 'CSAT',
    unit: 'score',
    good: 'more',
    step: 'scored',
    of: ({ csat }) => csat?.average ?? null,
  },
  callToText: seconds('callToText', 'Call to text'),
  textToReply: seconds('textToReply', 'Text to reply'),
  replyToAgent: seconds('replyToAgent', 'Reply to agent'),
  handling: seconds('handling', 'Handling by the agent'),
} as const satisfies Readonly<Record<string, Figure>>

/** What the messages took, a figure for each of these currencies: nobody knows here what one is worth in another. */
export function costFigures(currencies: readonly string[]): readonly Figure[] {
  return currencies.map((currency) => ({
    id: `cost-${currency}`,
    label: currencies.length === 1 ? 'Cost of messages' : `Cost in ${currency}`,
    unit: `money:${currency}`,
    // More calls cost more: that alone is neither well nor ill.
    good: 'either',
    step: null,
    of: ({ cost }) => cost.find((one) => one.currency === currency)?.amount ?? 0,
  }))
}

/** A value as an axis says it. */
export function axisText(unit: Unit, value: number): string {
  const currency = currencyOf(unit)
  if (currency !== null) return shortMoneyText(value, currency)
  return unit === 'count' ? shortText(value) : figureText(unit, value).replace(' ', '\u00a0')
}

export function figureText(unit: Unit, value: number | null): string {
  if (value === null) return '–'
  switch (unit) {
    case 'count':
      return countText(value)
    case 'share':
      return shareText(value)
    case 'score':
      return oneDecimal.format(value)
    case 'seconds':
      return value < 10 ? `${tenth.format(value)} s` : duration(value * 1000)
    default:
      return moneyText(value, currencyOf(unit)!)
  }
}

/** How a value moved against the one it is compared with; null: there is nothing to compare. */
export interface Moved {
  readonly way: 'up' | 'down' | 'same'
  /** Without its sign: `12 %`, `1.4 points`, `0.2`. */
  readonly by: string
}

export function moved(unit: Unit, now: number | null, before: number | null): Moved | null {
  if (now === null || before === null) return null
  const by = Math.abs(now - before)
  // To a tenth, as it is said: what is less than that has not moved.
  const tenths = (amount: number, words: (amount: number) => string): Moved =>
    Math.round(amount * 10) === 0 ? { way: 'same', by: '' } : { way: now > before ? 'up' : 'down', by: words(amount) }
  if (unit === 'share') return tenths(by * 100, (points) => `${tenth.format(points)} points`)
  if (unit === 'score') return tenths(by, (score) => oneDecimal.format(score))
  // From nothing, no number of per cent leads anywhere.
  if (before === 0) return by === 0 ? { way: 'same', by: '' } : { way: 'up', by: figureText(unit, by) }
  return tenths((100 * by) / before, (share) => `${tenth.format(share)} %`)
}
