import { Type } from 'typebox'
import type { Channel } from '../../domain/channel.ts'
import { parsePhone } from '../../domain/phone.ts'
import type { Sender } from '../../domain/sender.ts'
import { withoutTrailing } from '../../domain/without-trailing.ts'

/** What a simulated sender needs; the sandbox makes up the secret. */
export const settings = Type.Object({
  secret: Type.String({
    title: 'Secret',
    description: 'Signs what this server and the simulated provider say to each other; at least 16 characters.',
    minLength: 16,
    secret: true,
  }),
  baseUrl: Type.Optional(
    Type.String({
      title: 'Address',
      description: 'Where the simulated provider is, like http://127.0.0.1:8080. Empty: this very server.',
    }),
  ),
})

export interface SimulatorSettings {
  readonly secret: string
  /** Without a slash at the end; null: the server that the status callbacks go to, which is this one. */
  readonly baseUrl: string | null
}

export function settingsOf(sender: Pick<Sender, 'settings'>): SimulatorSettings {
  const { secret, baseUrl } = sender.settings
  return {
    secret: typeof secret === 'string' ? secret : '',
    baseUrl: typeof baseUrl === 'string' && baseUrl !== '' ? withoutTrailing(baseUrl, '/') : null,
  }
}

/** See `Connector.checkSender`. */
export function checkSender(channel: Channel, sender: Pick<Sender, 'address' | 'settings'>): readonly string[] {
  const { secret, baseUrl } = settingsOf(sender)
  const problems: string[] = []
  if (secret.length < 16) problems.push('The secret must have at least 16 characters.')
  if (baseUrl !== null && !(URL.canParse(baseUrl) && /^https?:$/.test(new URL(baseUrl).protocol)))
    problems.push('The address must be a web address like http://127.0.0.1:8080.')
  if (channel !== 'inapp' && parsePhone(sender.address) === null)
    problems.push('The address must be a phone number such as +18005550100.')
  if (channel === 'inapp' && sender.address.trim() === '') problems.push('The address must be the name of the app.')
  return problems
}
