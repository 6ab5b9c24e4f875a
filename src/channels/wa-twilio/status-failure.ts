import type { FailureKind } from '../failures.ts'
import { statusFailure } from '../twilio/error-codes.ts'
import { field } from '../twilio/hook-fields.ts'
import type { Fields } from '../twilio/parse-hook.ts'

/**
 * Meta's own numbers that say more than the one of Twilio's under which many of them arrive. Source: Meta's table of error
 * codes. Only those that change what follows are here.
 */
const metaCodes: Readonly<Record<string, FailureKind>> = {
  130472: 'refused-for-now', // the consumer is in an experiment of Meta's
  131026: 'not-reachable-here',
  131031: 'misconfigured', // account locked
  131042: 'misconfigured', // no means of payment
  131047: 'window-closed',
  131048: 'blocked', // spam
  131049: 'refused-for-now', // too much marketing for this consumer
  131050: 'opted-out',
  132000: 'template-rejected',
  132001: 'template-rejected',
  132005: 'template-rejected',
  132007: 'template-rejected',
  132012: 'template-rejected',
  132015: 'template-rejected', // paused
  132016: 'template-rejected', // disabled
}

/** What a failed status means: by Meta's number where `ChannelStatusMessage` quotes one, else by Twilio's. */
export function whatsappFailure(code: string | null, fields: Fields): FailureKind {
  const said = field(fields, 'ChannelStatusMessage')
  const quoted = [...said.matchAll(/(?<!\d)1[0-9]{5}(?!\d)/g)].map(([number]) => number)
  const known = quoted.find((number) => Object.hasOwn(metaCodes, number))
  return known === undefined ? statusFailure(code) : metaCodes[known]!
}
