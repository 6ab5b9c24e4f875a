import { body, type Command, onOff } from './command.ts'
import { accountOption, pathOf, type Row, shown, someChange } from './nouns.ts'

const changeOptions = {
  ...accountOption,
  user: { value: 'on|off', about: 'Off: the contract answers 1200.' },
  app: { value: 'on|off', about: 'Off: the contract answers 1201.' },
} as const

export const internalCommands: readonly Command[] = [
  {
    name: 'internal show',
    about: 'Show whether an account’s internal user and app are enabled.',
    options: accountOption,
    async run({ given, api }) {
      return shown(await (await api()).get<Row>(pathOf(given, '/internal')))
    },
  },
  {
    name: 'internal change',
    about: 'Enable or disable an account’s internal user and app.',
    options: changeOptions,
    async run({ given, api }) {
      const change = someChange(body({ user: onOff(given, 'user'), app: onOff(given, 'app') }), changeOptions)
      return shown(await (await api()).patch<Row>(pathOf(given, '/internal'), change))
    },
  },
]
