import type { Channel } from './channel.ts'
import { outsideId } from './consumer-text.ts'
import { parsePhone } from './phone.ts'

/** A consumer by all the addresses that a channel knows them under. */
export interface Person {
  /** Where we write to, and under which everything about them is kept. */
  readonly address: string
  /** Others under which something may have been kept before both were known to be one. */
  readonly alsoKnownAs: readonly string[]
}

/** What a provider says of who speaks. */
export interface Speaking {
  readonly from: string
  readonly alsoKnownAs?: readonly string[]
}

/** E.164 as such: a number that a provider delivers from exists, even in a numbering plan newer than our library's. */
const phoneShape = /^\+[1-9][0-9]{6,14}$/
/** WhatsApp's id of a user within one business, for those who show no number (providers 2.7). */
const whatsappIdShape = /^[A-Z]{2}\.[A-Za-z0-9.]{1,128}$/
/** Nobody has more names at once. */
const mostOthers = 5

/** The consumer's address on a channel; null: a short code, a name, or nothing that could be answered. */
function addressOf(channel: Channel, from: string): string | null {
  if (channel === 'inapp') return outsideId(from)
  if (channel === 'wa' && whatsappIdShape.test(from)) return from
  return parsePhone(from) ?? (phoneShape.test(from) ? from : null)
}

/** All addresses by which a speaker is named, the one that the words came from first; empty: nobody who could be answered. */
export function addressesOf(channel: Channel, { from, alsoKnownAs = [] }: Speaking): readonly string[] {
  const first = addressOf(channel, from)
  if (first === null) return []
  const others = alsoKnownAs.slice(0, mostOthers).flatMap((other) => addressOf(channel, other) ?? [])
  return [...new Set([first, ...others])]
}

/**
 * Who speaks: an address that is known to be somebody's goes before one that is new, a number before an id.
 * @param people by each of these addresses; see `peopleAt`.
 * @returns null when nobody speaks who could be answered.
 */
export function speakerOf(addresses: readonly string[], people: ReadonlyMap<string, Person>): Person | null {
  const known = addresses.map((address) => people.get(address) ?? { address, alsoKnownAs: [] })
  const person =
    known.find(({ address }, n) => address !== addresses[n]) ??
    known.find(({ alsoKnownAs }) => alsoKnownAs.length > 0) ??
    known.find(({ address }) => address.startsWith('+')) ??
    known[0]
  if (person === undefined) return null
  const all = [...addresses, ...known.flatMap(({ address, alsoKnownAs }) => [address, ...alsoKnownAs])]
  return { address: person.address, alsoKnownAs: [...new Set(all)].filter((other) => other !== person.address) }
}
