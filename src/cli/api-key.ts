import { all, body, type Command, one } from './command.ts'
import { accountOption, commonCommands, type Noun, pathOf, pathOfOne, type Row, shown, someChange } from './nouns.ts'

const noun: Noun = {
  word: 'api-key',
  path: '/api-keys',
  list: 'apiKeys',
  id: 'appKey',
  names: ['title'],
  columns: [
    ['TITLE', 'title'],
    ['APP KEY', 'appKey'],
    ['ENABLED', 'enabled'],
    ['PRIVILEGES', 'privileges'],
    ['LAST USED', 'usedAt'],
  ],
}
export const privilegeOption = {
  value: 'PRIVILEGE',
  many: true,
  about:
    'ivr.engagement, reporting, handoffs.read, consumers.vouch or admin; a new one has ivr.engagement unless said.',
} as const
const changeOptions = {
  ...accountOption,
  title: { value: 'TITLE', about: 'What it is for.' },
  privilege: privilegeOption,
} as const

export const apiKeyCommands: readonly Command[] = [
  {
    name: 'api-key add',
    about: 'Make an API key; its secrets are shown this once.',
    words: ['TITLE'],
    options: { ...accountOption, privilege: privilegeOption },
    async run({ words, given, api }) {
      const key = body({ title: words[0], privileges: all(given, 'privilege') })
      return shown(await (await api()).post<Row>(pathOf(given, '/api-keys'), key), 'Shown this once:')
    },
  },
  {
    name: 'api-key change',
    about: 'Change the title or privileges of an API key.',
    words: ['API-KEY'],
    options: changeOptions,
    async run({ words, given, api }) {
      const change = someChange(
        body({ title: one(given, 'title'), privileges: all(given, 'privilege') }),
        changeOptions,
      )
      const server = await api()
      return shown(await server.patch<Row>(await pathOfOne(server, given, noun, words[0]!), change))
    },
  },
  {
    name: 'api-key renew',
    about: 'Give an API key new secrets, shown this once; the old ones stop working.',
    words: ['API-KEY'],
    options: accountOption,
    async run({ words, given, api }) {
      const server = await api()
      const path = await pathOfOne(server, given, noun, words[0]!)
      return shown(await server.post<Row>(`${path}/secret`), 'Shown this once:')
    },
  },
  ...commonCommands(noun),
]
