import { privilegeOption } from './api-key.ts'
import { all, body, type Command, one } from './command.ts'
import { accountOption, commonCommands, type Noun, pathOf, pathOfOne, type Row, shown, someChange } from './nouns.ts'

const noun: Noun = {
  word: 'app',
  path: '/apps',
  list: 'apps',
  id: 'clientId',
  names: ['title'],
  columns: [
    ['TITLE', 'title'],
    ['CLIENT ID', 'clientId'],
    ['ENABLED', 'enabled'],
    ['PRIVILEGES', 'privileges'],
    ['LAST USED', 'usedAt'],
  ],
}
const changeOptions = {
  ...accountOption,
  title: { value: 'TITLE', about: 'What it is for.' },
  privilege: privilegeOption,
} as const

export const appCommands: readonly Command[] = [
  {
    name: 'app add',
    about: 'Make an OAuth client; its secret is shown this once.',
    words: ['TITLE'],
    options: { ...accountOption, privilege: privilegeOption },
    async run({ words, given, api }) {
      const key = body({ title: words[0], privileges: all(given, 'privilege') })
      return shown(await (await api()).post<Row>(pathOf(given, '/apps'), key), 'Shown this once:')
    },
  },
  {
    name: 'app change',
    about: 'Change the title or privileges of an OAuth client.',
    words: ['APP'],
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
    name: 'app renew',
    about: 'Give an OAuth client a new secret, shown this once; the old one stops working.',
    words: ['APP'],
    options: accountOption,
    async run({ words, given, api }) {
      const server = await api()
      const path = await pathOfOne(server, given, noun, words[0]!)
      return shown(await server.post<Row>(`${path}/secret`), 'Shown this once:')
    },
  },
  ...commonCommands(noun),
]
