import { all, body, type Command, one } from './command.ts'
import { accountOption, commonCommands, type Noun, pathOf, pathOfOne, type Row, shown, someChange } from './nouns.ts'

const noun: Noun = {
  word: 'user',
  path: '/users',
  list: 'users',
  id: 'userId',
  names: ['email'],
  anyCase: true,
  columns: [
    ['EMAIL', 'email'],
    ['NAME', 'name'],
    ['ROLE', 'role'],
    ['ENABLED', 'enabled'],
    ['SKILLS', 'skills'],
  ],
}
const options = {
  ...accountOption,
  name: { value: 'NAME', about: 'The person’s name.' },
  role: { value: 'ROLE', about: 'administrator, campaign-manager, agent-manager or agent.' },
  skill: { value: 'SKILL', many: true, about: 'A skill whose queue the user may take from.' },
} as const

export const userCommands: readonly Command[] = [
  {
    name: 'user add',
    about: 'Add a user; a password is made and shown this once.',
    words: ['EMAIL'],
    options: { ...options, role: { ...options.role, required: true } },
    async run({ words, given, api }) {
      const user = body({
        email: words[0],
        name: one(given, 'name'),
        role: one(given, 'role'),
        skills: all(given, 'skill'),
      })
      return shown(await (await api()).post<Row>(pathOf(given, '/users'), user), 'The password is shown this once:')
    },
  },
  {
    name: 'user change',
    about: 'Change the name, role or skills of a user.',
    words: ['USER'],
    options,
    async run({ words, given, api }) {
      const fields = { name: one(given, 'name'), role: one(given, 'role'), skills: all(given, 'skill') }
      const change = someChange(body(fields), options)
      const server = await api()
      return shown(await server.patch<Row>(await pathOfOne(server, given, noun, words[0]!), change))
    },
  },
  {
    name: 'user password',
    about: 'Give a user a new password, shown this once; the user is signed out everywhere.',
    words: ['USER'],
    options: accountOption,
    async run({ words, given, api }) {
      const server = await api()
      const path = await pathOfOne(server, given, noun, words[0]!)
      return shown(await server.post<Row>(`${path}/password`), 'The password is shown this once:')
    },
  },
  ...commonCommands(noun),
]
