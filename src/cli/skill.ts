import { body, type Command, one, onOff } from './command.ts'
import { accountOption, commonCommands, type Noun, pathOf, pathOfOne, type Row, shown, someChange } from './nouns.ts'

const noun: Noun = {
  word: 'skill',
  path: '/skills',
  list: 'skills',
  id: 'skillId',
  names: ['name'],
  columns: [
    ['NAME', 'name'],
    ['ENABLED', 'enabled'],
    ['ENGAGED', 'engaged'],
    ['ID', 'skillId'],
  ],
}
const engaged = { value: 'on|off', about: 'Whether an IVR may name it; on unless said.' } as const
const addOptions = { ...accountOption, engaged }
const changeOptions = { ...accountOption, name: { value: 'NAME', about: 'The new name.' }, engaged } as const

export const skillCommands: readonly Command[] = [
  {
    name: 'skill add',
    about: 'Add a skill.',
    words: ['NAME'],
    options: addOptions,
    async run({ words, given, api }) {
      const skill = body({ name: words[0], engaged: onOff(given, 'engaged') })
      return shown(await (await api()).post<Row>(pathOf(given, '/skills'), skill))
    },
  },
  {
    name: 'skill change',
    about: 'Rename a skill, or switch it for deflection.',
    words: ['SKILL'],
    options: changeOptions,
    async run({ words, given, api }) {
      const change = someChange(body({ name: one(given, 'name'), engaged: onOff(given, 'engaged') }), changeOptions)
      const server = await api()
      return shown(await server.patch<Row>(await pathOfOne(server, given, noun, words[0]!), change))
    },
  },
  ...commonCommands(noun),
]
