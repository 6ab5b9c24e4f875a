import { createHmac } from 'node:crypto'
import { isStorable } from './outside-data.ts'

/** One of several first messages of a handoff's channel that are tried against each other. */
export interface Variant {
  /** How reports name it, and what a consumer is tied to: the words behind a name may change. */
  readonly name: string
  /** Its share among the channel's variants: 1 to 1,000. */
  readonly weight: number
}

export const variantLimits = { fewest: 2, most: 10, longestName: 64, lightest: 1, heaviest: 1_000 }

/** 48 bits: more than the weights can tell apart, and exact as a number. */
const bytes = 6

/**
 * The variant of this consumer, by weighted rendezvous hashing keyed with the handoff: each variant draws a number from
 * the consumer, its name and its weight, and the best draw wins. So the same consumer always gets the same one, nothing
 * has to be kept, and a change moves as few consumers as it can: more weight only draws consumers to that variant, less
 * only sends some of its own away, and one that comes or goes leaves the rest where they are.
 * @param consumer the address on the channel: a phone number, or the consumer id in the brand's app.
 * @returns null when there is none to choose from.
 */
export function chooseVariant<V extends Variant>(
  handoffId: string,
  consumer: string,
  variants: readonly V[],
): V | null {
  let chosen: V | null = null
  let least = Infinity
  for (const variant of variants) {
    const drawn = draw(handoffId, consumer, variant)
    if (drawn < least) [chosen, least] = [variant, drawn]
  }
  return chosen
}

/** Exponentially distributed with the weight as its rate: the least of several is the one of weight w with chance w / sum. */
function draw(handoffId: string, consumer: string, { name, weight }: Variant): number {
  const digest = createHmac('sha256', handoffId).update(`${name}\0${consumer}`).digest()
  const uniform = (digest.readUIntBE(0, bytes) + 0.5) / 2 ** (8 * bytes)
  return -Math.log(uniform) / weight
}

/** What is wrong with a channel's variants as such, each a sentence; their words are judged like the channel's own. */
export function variantFaults(channel: string, variants: readonly Variant[]): readonly string[] {
  const { fewest, most, longestName, lightest, heaviest } = variantLimits
  if (variants.length === 0) return []
  const names = variants.map(({ name }) => name)
  const faults: string[] = []
  if (variants.length < fewest || variants.length > most)
    faults.push(`${channel} has ${fewest} to ${most} variants, or none.`)
  if (new Set(names).size < names.length) faults.push(`Each variant of ${channel} needs a name of its own.`)
  for (const name of names) {
    if (name.trim() === '' || name !== name.trim() || [...name].length > longestName || !isStorable(name))
      faults.push(`A variant's name has 1 to ${longestName} characters and no space at its ends.`)
  }
  for (const { name, weight } of variants) {
    if (!Number.isInteger(weight) || weight < lightest || weight > heaviest)
      faults.push(`The weight of the variant "${name}" must be a whole number from ${lightest} to ${heaviest}.`)
  }
  return [...new Set(faults)]
}
