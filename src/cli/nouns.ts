import { type Command, type Given, Mistake, type Option, one, type Said } from './command.ts'
import type { OperatorApi } from './operator-api.ts'
import { list, table } from './table.ts'

export const accountOption = {
  account: { value: 'ID', field: 'accountId', required: true, about: 'The account id.' },
} as const

/** A thing of an account: where it lives in the API, and by which of its fields people name it. */
export interface Noun {
  /** `api-key`. */
  readonly word: string
  /** `/api-keys`. */
  readonly path: string
  /** Name of the list in the answer. */
  readonly list: string
  readonly id: string
  /** Fields by which one may be named besides its id. */
  readonly names: readonly string[]
  /** Set where the names are unique whatever their case: then they are found so as well. */
  readonly anyCase?: true
  /** Heading of what a list shows, and its field or how to get it. */
  readonly columns: readonly (readonly [heading: string, value: string | ((row: Row) => unknown)])[]
}

export type Row = Readonly<Record<string, unknown>>

/** Path of a noun within the account that was named. */
export const pathOf = (given: Given, path: string) =>
  `/api/admin/accounts/${encodeURIComponent(one(given, 'account')!)}${path}`

export async function rows(api: OperatorApi, given: Given, noun: Noun): Promise<readonly Row[]> {
  const answer = await api.get<Record<string, readonly Row[]>>(pathOf(given, noun.path))
  return answer[noun.list] ?? []
}

/** The one that a person named. @throws Mistake when there is none, or more than one. */
export async function find(api: OperatorApi, given: Given, noun: Noun, name: string): Promise<Row> {
  const known = await rows(api, given, noun)
  const byId = known.find((row) => row[noun.id] === name)
  const folded = (text: unknown) => (noun.anyCase ? String(text).toLowerCase() : text)
  const byName = known.filter((row) => noun.names.some((field) => folded(row[field]) === folded(name)))
  if (byId === undefined && byName.length > 1) {
    throw new Mistake(`There are ${byName.length} ${noun.word}s named "${name}"; name it by its id.`)
  }
  const found = byId ?? byName[0]
  if (found === undefined) throw new Mistake(`There is no ${noun.word} "${name}" in account ${one(given, 'account')}.`)
  return found
}

/** Path of the one that a person named. */
export async function pathOfOne(api: OperatorApi, given: Given, noun: Noun, name: string): Promise<string> {
  return pathOf(given, `${noun.path}/${(await find(api, given, noun, name))[noun.id]}`)
}

export function shown(row: Row, text?: string): Said {
  const pairs = Object.entries(row).filter(([name]) => name !== 'warnings')
  const warnings = Array.isArray(row.warnings) ? row.warnings.map((warning) => `\nNote: ${warning}`) : []
  return { json: row, text: `${text === undefined ? '' : `${text}\n\n`}${list(pairs)}${warnings.join('')}` }
}

/** `list`, `disable` and `enable`, which are the same for every noun that has them. */
export function commonCommands(noun: Noun): readonly Command[] {
  const word = [`${noun.word.toUpperCase()}`]
  const switching = (verb: 'disable' | 'enable', enabled: boolean): Command => ({
    name: `${noun.word} ${verb}`,
    about: `${verb === 'disable' ? 'Switch off' : 'Switch on'} one ${noun.word}, named by id or ${noun.names.join(' or ')}.`,
    words: word,
    options: accountOption,
    async run({ words, given, api }) {
      const server = await api()
      const path = await pathOfOne(server, given, noun, words[0]!)
      return shown(await server.patch<Row>(path, { enabled }))
    },
  })
  return [listCommand(noun), switching('disable', false), switching('enable', true)]
}

export function listCommand(noun: Noun): Command {
  return {
    name: `${noun.word} list`,
    about: `List the ${noun.word}s of an account.`,
    options: accountOption,
    async run({ given, api }) {
      const known = await rows(await api(), given, noun)
      const text = table(
        noun.columns.map(([heading]) => heading),
        known.map((row) => noun.columns.map(([, value]) => (typeof value === 'string' ? row[value] : value(row)))),
        `There are no ${noun.word}s.`,
      )
      return { json: { [noun.list]: known }, text }
    },
  }
}

/** @throws Mistake when a change changes nothing. */
export function someChange(
  body: Record<string, unknown>,
  options: Readonly<Record<string, Option>>,
): Record<string, unknown> {
  if (Object.keys(body).length > 0) return body
  const names = Object.keys(options).filter((name) => name !== 'account')
  throw new Mistake(`Say what to change: ${names.map((name) => `--${name}`).join(', ')}.`)
}
