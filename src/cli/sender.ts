import { all, body, type Command, type Env, type Given, Mistake, one } from './command.ts'
import { accountOption, commonCommands, find, type Noun, pathOf, type Row, shown, someChange } from './nouns.ts'
import type { OperatorApi } from './operator-api.ts'
import { secretValue } from './secret-value.ts'

export const senderNoun: Noun = {
  word: 'sender',
  path: '/senders',
  list: 'senders',
  id: 'senderId',
  names: ['address', 'title'],
  columns: [
    ['TITLE', 'title'],
    ['CHANNEL', 'channel'],
    ['ADDRESS', 'address'],
    ['CONNECTOR', 'connector'],
    ['ENABLED', 'enabled'],
    ['BROKEN', 'broken'],
    ['WEBHOOK', 'hookUrl'],
    ['ID', 'senderId'],
  ],
}
const set = {
  value: 'NAME=VALUE',
  field: 'settings',
  many: true,
  about: 'A setting of the connector; the value env:NAME is read from the environment, - from standard input.',
} as const
const changeOptions = {
  ...accountOption,
  address: { value: 'ADDRESS', about: 'The number, or the name of the app.' },
  title: { value: 'TITLE', about: 'What people call it.' },
  set,
} as const

interface Connector {
  readonly name: string
  readonly channel: string
  readonly settings: {
    properties: Readonly<Record<string, { type?: string; description?: string; secret?: true }>>
    required?: readonly string[]
  }
}

export const senderCommands: readonly Command[] = [
  {
    name: 'sender connectors',
    about: 'List the connectors and the settings that a sender of each needs.',
    options: accountOption,
    async run({ given, api }) {
      const known = await connectors(await api(), given)
      const text = known.map(({ name, channel, settings }) => {
        const lines = Object.entries(settings.properties).map(([setting, { description = '', secret }]) => {
          const marks = [settings.required?.includes(setting) ? 'needed' : '', secret ? 'secret' : ''].filter(Boolean)
          return `    ${setting}${marks.length > 0 ? ` (${marks.join(', ')})` : ''}  ${description}`
        })
        return [`${name}  (${channel})`, ...lines].join('\n')
      })
      return { json: { connectors: known }, text: text.join('\n\n') }
    },
  },
  {
    name: 'sender add',
    about: 'Add a sender: a number or an app of the brand.',
    options: {
      ...changeOptions,
      connector: { value: 'CONNECTOR', required: true, about: 'Who speaks for it: sms-twilio, …' },
      address: { ...changeOptions.address, required: true },
    },
    async run({ given, api, env }) {
      const server = await api()
      const connector = one(given, 'connector')!
      const sender = body({ connector, address: one(given, 'address'), title: one(given, 'title') })
      const settings = await settingsOf(server, given, connector, env)
      return shown(await server.post<Row>(pathOf(given, '/senders'), { ...sender, settings: settings ?? {} }))
    },
  },
  {
    name: 'sender change',
    about: 'Change a sender; settings not named stay, NAME= takes one away.',
    words: ['SENDER'],
    options: changeOptions,
    async run({ words, given, api, env }) {
      const server = await api()
      const { connector, senderId } = await find(server, given, senderNoun, words[0]!)
      const fields = { address: one(given, 'address'), title: one(given, 'title') }
      const settings = await settingsOf(server, given, String(connector), env)
      const change = someChange(body({ ...fields, settings }), changeOptions)
      return shown(await server.patch<Row>(pathOf(given, `/senders/${senderId}`), change))
    },
  },
  ...commonCommands(senderNoun),
]

async function connectors(api: OperatorApi, given: Given): Promise<readonly Connector[]> {
  return (await api.get<{ connectors: readonly Connector[] }>(pathOf(given, '/connectors'))).connectors
}

/** What `--set` gave, in the types that the connector's schema asks for; null: nothing was given. */
async function settingsOf(api: OperatorApi, given: Given, name: string, env: Env): Promise<Row | null> {
  const pairs = all(given, 'set')
  if (pairs === null) return null
  const connector = (await connectors(api, given)).find((known) => known.name === name)
  const settings: Record<string, unknown> = {}
  for (const pair of pairs) {
    const middle = pair.indexOf('=')
    if (middle < 1) throw new Mistake('--set must be like NAME=VALUE.')
    const setting = pair.slice(0, middle)
    const value = pair.slice(middle + 1)
    const type = connector?.settings.properties[setting]?.type
    settings[setting] = value === '' ? null : typed(setting, await secretValue(value, env), type)
  }
  return settings
}

function typed(setting: string, value: string, type: string | undefined): unknown {
  if (type === 'boolean') {
    if (!['on', 'off', 'true', 'false'].includes(value)) throw new Mistake(`The setting ${setting} must be on or off.`)
    return value === 'on' || value === 'true'
  }
  return (type === 'integer' || type === 'number') && /^-?[0-9.]+$/.test(value) ? Number(value) : value
}
