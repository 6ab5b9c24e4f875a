import { all, body, type Command, type Given, Mistake, one, onOff, whole } from './command.ts'
import { accountOption, pathOf, type Row, shown, someChange } from './nouns.ts'

const changeOptions = {
  ...accountOption,
  channel: { value: 'CHANNEL', many: true, about: 'sms, wa or inapp, in the default order; the others go off.' },
  'device-check': { value: 'on|off', about: 'Ask a provider whether a number is a landline.' },
  'default-skill': { value: 'SKILL|none', about: 'Who gets replies that belong to no invite.' },
  'rate-limit': { value: 'N', about: 'Requests a second, eligibility and invite together.' },
  'quiet-hours': { value: 'FROM-TO@ZONE|none', about: 'Like 21:00-08:00@Europe/London: no invites then.' },
  'consumer-cap': { value: 'INVITES/HOURS|none', about: 'Like 3/24: invites one consumer may get.' },
  'opt-out-scope': { value: 'channel|all', about: 'What a STOP binds.' },
} as const

export const settingsCommands: readonly Command[] = [
  {
    name: 'settings show',
    about: 'Show the settings of an account.',
    options: accountOption,
    async run({ given, api }) {
      return shown(await (await api()).get<Row>(pathOf(given, '/settings')))
    },
  },
  {
    name: 'settings change',
    about: 'Change settings of an account; the rest stays.',
    options: changeOptions,
    async run({ given, api }) {
      const change = body({
        channels: all(given, 'channel'),
        deviceCheck: onOff(given, 'device-check'),
        rateLimit: whole(given, 'rate-limit'),
        optOutScope: one(given, 'opt-out-scope'),
      })
      const cleared = {
        ...clearable(given, 'default-skill', 'defaultSkill', (skill) => skill),
        ...clearable(given, 'quiet-hours', 'quietHours', quietHoursOf),
        ...clearable(given, 'consumer-cap', 'consumerCap', consumerCapOf),
      }
      const server = await api()
      return shown(
        await server.patch<Row>(pathOf(given, '/settings'), someChange({ ...change, ...cleared }, changeOptions)),
      )
    },
  },
]

/** `none` clears a setting. */
function clearable(
  given: Given,
  option: string,
  field: string,
  parse: (value: string) => unknown,
): Record<string, unknown> {
  const value = one(given, option)
  return value === undefined ? {} : { [field]: value === 'none' ? null : parse(value) }
}

function quietHoursOf(value: string): unknown {
  const [, from, to, timeZone] = /^([0-9:]+)-([0-9:]+)@(.+)$/.exec(value) ?? []
  if (timeZone === undefined) throw new Mistake('--quiet-hours must be like 21:00-08:00@Europe/London, or none.')
  return { from, to, timeZone }
}

function consumerCapOf(value: string): unknown {
  const [, invites, hours] = /^([0-9]{1,6})\/([0-9]{1,6})$/.exec(value) ?? []
  if (hours === undefined) throw new Mistake('--consumer-cap must be like 3/24, or none.')
  return { invites: Number(invites), hours: Number(hours) }
}
