/** The ways a brand can write to a consumer. A connector speaks one provider's language on one of them. */
export const channels = ['sms', 'wa', 'inapp'] as const
export type Channel = (typeof channels)[number]

/** Names that brands send for a channel: the seed says `sms` and `twilio` are the same thing, the handoff API says `sms-twilio`. */
const channelByName: Readonly<Record<string, Channel>> = {
  sms: 'sms',
  twilio: 'sms',
  'sms-twilio': 'sms',
  wa: 'wa',
  inapp: 'inapp',
}

/** The channel a brand means by `name`, or undefined when it names none. Case matters, as in the published API. */
export function channelNamed(name: string): Channel | undefined {
  return Object.hasOwn(channelByName, name) ? channelByName[name] : undefined
}

/** What a person reads. */
export const channelLabels: Readonly<Record<Channel, string>> = { sms: 'SMS', wa: 'WhatsApp', inapp: 'In-app' }
