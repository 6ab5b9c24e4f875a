import { all, body, type Command, one } from './command.ts'
import { accountOption, commonCommands, type Noun, pathOf, pathOfOne, type Row, shown, someChange } from './nouns.ts'

const privilege = {
  value: 'PRIVILEGE',
  many: true,
  about:
    'ivr.engagement, reporting, handoffs.read, consumers.vouch or admin; a new one has ivr.engagement unless said.',
} as const
const addOptions = { ...accountOption, privilege } as const
const changeOptions = { ...accountOption, title: { value: 'TITLE', about: 'What it is for.' }, privilege } as const

/** A kind of credential with which systems come in: what it is called, and what its own commands say of themselves. */
interface CredentialKind extends Pick<Noun, 'word' | 'path' | 'list' | 'id'> {
  /** Heading of its id in a list. */
  readonly idHeading: string
  readonly abouts: Readonly<Record<'add' | 'change' | 'renew', string>>
}

/** The commands of one kind of credential. Secrets are shown when they are made, and never again. */
export function credentialCommands({ idHeading, abouts, ...kind }: CredentialKind): readonly Command[] {
  const noun: Noun = {
    ...kind,
    names: ['title'],
    columns: [
      ['TITLE', 'title'],
      [idHeading, kind.id],
      ['ENABLED', 'enabled'],
      ['PRIVILEGES', 'privileges'],
      ['LAST USED', 'usedAt'],
    ],
  }
  const words = [noun.word.toUpperCase()]
  return [
    {
      name: `${noun.word} add`,
      about: abouts.add,
      words: ['TITLE'],
      options: addOptions,
      async run({ words, given, api }) {
        const credential = body({ title: words[0], privileges: all(given, 'privilege') })
        return shown(await (await api()).post<Row>(pathOf(given, noun.path), credential), 'Shown this once:')
      },
    },
    {
      name: `${noun.word} change`,
      about: abouts.change,
      words,
      options: changeOptions,
      async run({ words, given, api }) {
        const fields = { title: one(given, 'title'), privileges: all(given, 'privilege') }
        const change = someChange(body(fields), changeOptions)
        const server = await api()
        return shown(await server.patch<Row>(await pathOfOne(server, given, noun, words[0]!), change))
      },
    },
    {
      name: `${noun.word} renew`,
      about: abouts.renew,
      words,
      options: accountOption,
      async run({ words, given, api }) {
        const server = await api()
        const path = await pathOfOne(server, given, noun, words[0]!)
        return shown(await server.post<Row>(`${path}/secret`), 'Shown this once:')
      },
    },
    ...commonCommands(noun),
  ]
}
