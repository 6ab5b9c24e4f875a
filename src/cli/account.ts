import { body, type Command, type Given, one } from './command.ts'
import { accountOption, type Row, shown, someChange } from './nouns.ts'
import { table } from './table.ts'

const changeOptions = {
  ...accountOption,
  name: { value: 'NAME', field: 'title', about: 'The brand’s name.' },
  region: { value: 'REGION', about: 'va, lo or sy.' },
} as const

const pathOfAccount = (given: Given) => `/api/operator/accounts/${encodeURIComponent(one(given, 'account')!)}`

const switching = (verb: 'disable' | 'enable', enabled: boolean): Command => ({
  name: `account ${verb}`,
  about:
    verb === 'disable'
      ? 'Refuse the account’s credentials, users and calls; nothing of it is lost.'
      : 'Let the account in again.',
  options: accountOption,
  async run({ given, api }) {
    return shown(await (await api()).patch<Row>(pathOfAccount(given), { enabled }))
  },
})

export const accountCommands: readonly Command[] = [
  {
    name: 'account list',
    about: 'List the accounts of this deployment.',
    async run({ api }) {
      const answer = await (await api()).get<{ accounts: readonly Row[] }>('/api/operator/accounts')
      const rows = answer.accounts.map((row) => [row.accountId, row.title, row.region, row.enabled, row.createdAt])
      return {
        json: answer,
        text: table(['ACCOUNT', 'NAME', 'REGION', 'ENABLED', 'SINCE'], rows, 'There are no accounts.'),
      }
    },
  },
  {
    name: 'account change',
    about: 'Rename an account, or name its region.',
    options: changeOptions,
    async run({ given, api }) {
      const change = someChange(body({ title: one(given, 'name'), region: one(given, 'region') }), changeOptions)
      return shown(await (await api()).patch<Row>(pathOfAccount(given), change))
    },
  },
  switching('disable', false),
  switching('enable', true),
]
