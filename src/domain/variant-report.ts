import { type Channel, channelLabels } from './channel.ts'

/** What became of the invites with one variant. */
export interface VariantCount {
  readonly channel: Channel
  readonly variant: string
  /** What it says now; null, as the weight: the handoff no longer has it. */
  readonly text: string | null
  readonly weight: number | null
  readonly sent: number
  /** Of those sent. */
  readonly replied: number
}

export interface VariantRate extends VariantCount {
  /** Replies per invite sent; null: none was sent. */
  readonly rate: number | null
  /** 95 % confidence interval of the rate (Wilson). */
  readonly low: number
  readonly high: number
  /** As many were sent as it takes to see a difference worth seeing. */
  readonly enough: boolean
  /** About so many more invites are needed for that; 0: enough. */
  readonly more: number
}

export interface VariantVerdict {
  readonly channel: Channel
  readonly kind: 'not-enough-data' | 'no-difference' | 'better'
  /** The variant that replies better than every other; null otherwise. */
  readonly better: string | null
  readonly sentence: string
}

export interface VariantReport {
  readonly variants: readonly VariantRate[]
  /** One a channel with at least two variants. */
  readonly verdicts: readonly VariantVerdict[]
  /** Their sentences together; empty: no channel has two variants. */
  readonly verdict: string
}

/** A difference of the reply rate that is worth changing a text for: 5 percentage points. */
const worthSeeing = 0.05
/** How sure: a difference that is none is called one in 5 % of all comparisons, one worth seeing is missed in 20 %. */
const risk = 0.05
const missed = 0.2
/**
 * Whoever looks again and again finds something by chance. So before enough is known, only a difference that chance makes
 * in one of a thousand looks counts (Haybittle and Peto's rule for looking at trials that are under way).
 */
const earlyRisk = 0.001
/** Below it the normal curve is no likeness of so few replies. */
const fewest = 30

/**
 * The reply rate of each variant with its interval, and an honest verdict for each channel: not enough data, no difference
 * seen, or one replies better. Several comparisons share the risk of one (Bonferroni).
 */
export function variantReport(counts: readonly VariantCount[]): VariantReport {
  const byChannel = [...Map.groupBy(counts, ({ channel }) => channel)].map(([channel, own]) => {
    // What the handoff no longer has is shown, and no longer in the race.
    const racing = own.filter(({ weight }) => weight !== null)
    const needed = neededEach(racing)
    const variants = own.map((count): VariantRate => {
      const { low, high } = wilson(count.replied, count.sent)
      const more = Math.max(0, needed - count.sent)
      return {
        ...count,
        rate: count.sent === 0 ? null : count.replied / count.sent,
        low,
        high,
        enough: more === 0,
        more,
      }
    })
    return { channel, variants, verdict: racing.length < 2 ? null : verdictOf(channel, racing, needed) }
  })
  const verdicts = byChannel.flatMap(({ verdict }) => verdict ?? [])
  return {
    variants: byChannel.flatMap(({ variants }) => variants),
    verdicts,
    verdict: verdicts
      .map(({ channel, sentence }) => (verdicts.length > 1 ? `${channelLabels[channel]}: ${sentence}` : sentence))
      .join(' '),
  }
}

/** Wilson's interval of a rate at 95 %: right for few and for extreme ones, too. Nothing tried: anything is possible. */
export function wilson(hits: number, tries: number): { readonly low: number; readonly high: number } {
  if (tries === 0) return { low: 0, high: 1 }
  const z = 1.959963984540054
  const rate = hits / tries
  const share = z ** 2 / tries
  const middle = (rate + share / 2) / (1 + share)
  const half = (z / (1 + share)) * Math.sqrt((rate * (1 - rate)) / tries + share / (4 * tries))
  // Exactly at the ends, where rounding would leave a trace.
  return { low: hits === 0 ? 0 : Math.max(0, middle - half), high: hits === tries ? 1 : Math.min(1, middle + half) }
}

function verdictOf(channel: Channel, counts: readonly VariantCount[], needed: number): VariantVerdict {
  const [best, ...others] = [...counts].sort((a, b) => rateOf(b) - rateOf(a)) as [VariantCount, ...VariantCount[]]
  const least = Math.min(...counts.map(({ sent }) => sent))
  const complete = least >= needed
  const allowed = (complete ? risk : earlyRisk) / comparisons(counts.length)
  const behind = least < fewest ? [] : others.filter((other) => chanceOf(best, other) < allowed)
  if (behind.length === others.length) {
    const next = others[0]!
    const sentence = `“${best.variant}” gets more replies: ${percent(rateOf(best))} against ${percent(rateOf(next))} of “${next.variant}”.`
    return { channel, kind: 'better', better: best.variant, sentence }
  }
  const points = `${worthSeeing * 100} percentage points`
  if (complete) {
    const alike = counts.filter((count) => !behind.includes(count))
    const between = behind.length === 0 ? '' : ` between ${quoted(alike)} (${quoted(behind)} behind)`
    const sentence = `No difference seen${between}: one of ${points} or more would most likely show by now.`
    return { channel, kind: 'no-difference', better: null, sentence }
  }
  const more = rounded(needed - least)
  const sentence = `Not enough data yet: about ${more.toLocaleString('en')} more invites with each variant are needed to see a difference of ${points}.`
  return { channel, kind: 'not-enough-data', better: null, sentence }
}

const quoted = (counts: readonly VariantCount[]) => counts.map(({ variant }) => `“${variant}”`).join(', ')
const rateOf = ({ sent, replied }: VariantCount) => (sent === 0 ? 0 : replied / sent)
const comparisons = (variants: number) => (variants * (variants - 1)) / 2
const percent = (rate: number) => `${(rate * 100).toFixed(1)} %`
/** Two digits: more would look as if it were known. */
const rounded = (count: number) => {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(count)) - 1)
  return Math.ceil(count / unit) * unit
}

/**
 * Invites that each variant needs to show a difference of `worthSeeing` around the rate they have together, which stands at
 * a half while nothing is known.
 */
function neededEach(counts: readonly VariantCount[]): number {
  const sent = counts.reduce((sum, count) => sum + count.sent, 0)
  const replied = counts.reduce((sum, count) => sum + count.replied, 0)
  const rate = sent < fewest ? 0.5 : replied / sent
  const low = Math.min(Math.max(rate - worthSeeing / 2, 0), 1 - worthSeeing)
  const high = low + worthSeeing
  const middle = (low + high) / 2
  const za = quantile(risk / Math.max(1, comparisons(counts.length)) / 2)
  const zb = quantile(missed)
  const spread = za * Math.sqrt(2 * middle * (1 - middle)) + zb * Math.sqrt(low * (1 - low) + high * (1 - high))
  return Math.max(fewest, Math.ceil((spread / worthSeeing) ** 2))
}

/** The chance of a difference like this, either way, between variants of one true rate (test of two proportions). */
function chanceOf(one: VariantCount, other: VariantCount): number {
  const pooled = (one.replied + other.replied) / (one.sent + other.sent)
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / one.sent + 1 / other.sent))
  return error === 0 ? 1 : 2 * upperTail(Math.abs(rateOf(one) - rateOf(other)) / error)
}

/** The normal curve's area above `z` >= 0 (Abramowitz and Stegun 26.2.17, exact to 7.5e-8). */
function upperTail(z: number): number {
  const t = 1 / (1 + 0.2316419 * z)
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series
}

/** The z above which `area` < 0.5 of the normal curve lies. */
function quantile(area: number): number {
  let [from, until] = [0, 10]
  for (let halving = 0; halving < 60; halving += 1) {
    const middle = (from + until) / 2
    if (upperTail(middle) > area) from = middle
    else until = middle
  }
  return (from + until) / 2
}
