import { Type } from 'typebox'
import { channelNamed } from '../../domain/channel.ts'

const most = 1_000
export const nameList = (description: string) =>
  Type.Array(Type.String({ maxLength: 255 }), { maxItems: most, description })
export const channelList = nameList('Any of `sms` (also `twilio`, `sms-twilio`), `wa`, `inapp`.')
export const skillList = nameList('Names of skills.')

/** A list as a filter: an empty one, as none at all, lets everything through. */
export function filterOf<T>(...lists: readonly (readonly T[] | undefined)[]): readonly T[] | null {
  const given = lists.flatMap((list) => list ?? [])
  return given.length === 0 ? null : given
}

/** Channels in our names. A name of none stays, and finds nothing. */
export function channelFilter(...lists: readonly (readonly string[] | undefined)[]): readonly string[] | null {
  return filterOf(...lists)?.map((name) => channelNamed(name) ?? name) ?? null
}
