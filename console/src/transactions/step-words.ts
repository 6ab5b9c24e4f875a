import { channelWords } from '../workspace/lists.ts'

export interface Step {
  readonly at: string
  readonly step: string
  readonly channel: string | null
  readonly details: Readonly<Record<string, unknown>>
}

/** How a step is meant: went on, ended well, needs a look, or went wrong. */
export type Tone = 'plain' | 'good' | 'warn' | 'bad'

const known: Readonly<Record<string, readonly [words: string, tone: Tone]>> = {
  'eligibility-checked': ['Eligibility checked', 'plain'],
  'invite-accepted': ['Invite accepted, on its way', 'plain'],
  'invite-refused': ['Invite refused', 'bad'],
  'invite-failed': ['Invite failed', 'bad'],
  'invite-expired': ['Too late to be sent', 'bad'],
  'invite-opted-out': ['Not sent: the consumer has opted out', 'warn'],
  'channel-skipped': ['Channel passed over', 'warn'],
  'send-delayed': ['The provider asked to wait; it will be tried again', 'warn'],
  refused: ['The provider refused the message', 'bad'],
  'outcome-unknown': ['No clear answer from the provider; it is being found out', 'warn'],
  'taken-over': ['Another process took the work over', 'warn'],
  'gave-up': ['Given up: whether it was sent could not be found out', 'bad'],
  'second-copy': ['The provider holds a second copy', 'bad'],
  sending: ['Being handed to the provider', 'plain'],
  sent: ['Sent', 'plain'],
  delivered: ['Delivered', 'good'],
  read: ['Read', 'good'],
  failed: ['Failed', 'bad'],
  replied: ['The consumer replied', 'good'],
  'opted-out': ['The consumer opted out', 'warn'],
  'opted-in': ['The consumer opted in again', 'good'],
  'conversation-created': ['A conversation began', 'good'],
  'conversation-queued': ['Back in the queue', 'plain'],
  'conversation-taken': ['An agent took it', 'good'],
  'conversation-assigned': ['Given to an agent', 'plain'],
  'conversation-transferred': ['Transferred', 'plain'],
  'agent-replied': ['The agent answered', 'good'],
  'conversation-closed': ['Closed', 'plain'],
}

/** A step of a call's journey, as somebody would say it. A step of a newer server is shown by its own name. */
export function stepWords({ step, channel, details }: Step): { words: string; more: string; tone: Tone } {
  const [words, tone] = known[step] ?? [step.replaceAll('-', ' '), 'plain' as const]
  const by = channel === null ? [] : [wordOf(channel)]
  const rest = Object.entries(details)
    .filter(([name, value]) => !/(Id|^round|^source)$/.test(name) && value !== null && value !== '')
    .map(([name, value]) => {
      if (name === 'channels' && Array.isArray(value)) return value.map(wordOf).join(', else ')
      return `${plainName(name)} ${Array.isArray(value) ? value.join(', ') : String(value)}`
    })
  return { words, more: [...by, ...rest].join(' · '), tone }
}

const wordOf = (channel: string): string => channelWords[channel as keyof typeof channelWords] ?? channel

const names: Readonly<Record<string, string>> = {
  kind: 'because:',
  why: 'because:',
  reason: 'because:',
  providerCode: 'provider’s code',
}
const plainName = (name: string) => names[name] ?? name.replace(/([A-Z])/g, ' $1').toLowerCase()
