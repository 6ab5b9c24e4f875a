import type { Command, Given, Option } from './command.ts'

/** What was asked when the server refused. */
export interface Asked {
  readonly command: Pick<Command, 'name' | 'words' | 'options'>
  readonly given: Given
}

interface Named {
  /** `--region`, or `EMAIL` for a word that stands alone. */
  readonly name: string
  readonly about: string
}

/**
 * What the server's validator said of the fields of a request, said of the options that they came from; other sentences stay
 * as they are.
 * @param details of the server's answer, such as `body.region must be equal to one of the allowed values: va, lo`.
 */
export function refusedOptions(details: readonly string[], asked: Asked): readonly string[] {
  const sentences = new Map<string, Set<string>>()
  const wrong = ({ name, about }: Named) => `${name} is wrong. ${about}`
  const named = new Map<string, Named>()
  for (const detail of details) {
    const read = optionIn(detail, asked)
    const key = read?.option.name ?? detail
    if (read !== null) named.set(key, read.option)
    const sentence = read === null ? detail : (inWords(read) ?? wrong(read.option))
    sentences.set(key, (sentences.get(key) ?? new Set()).add(sentence))
  }
  // The validator tells each way in which a value could have been right and is not.
  return [...sentences].map(([key, [first, ...more]]) => (more.length === 0 ? first! : wrong(named.get(key)!)))
}

interface Read {
  readonly option: Named
  /** `must NOT have fewer than 3 characters`. */
  readonly fault: string
  readonly missing: boolean
}

function optionIn(detail: string, { command, given }: Asked): Read | null {
  const [, place = '', channel, fault] = /^(?:body|params|query)(?:\.(\S+))?(?: \((\w+)\))? (.+)$/s.exec(detail) ?? []
  if (fault === undefined) return null
  const absent = /^must have (?:the field|required property) ["'](\w+)["']$/.exec(fault)?.[1]
  const steps = [...place.split('.'), absent ?? ''].filter((step) => step !== '' && !/^[0-9]+$/.test(step))
  const path = `${steps.join('.')}.`
  const options = Object.entries(command.options ?? {}).map(([name, option]) => ({
    ...{ field: fieldOf(name, option), about: option.about, name: `--${name}` },
    // Several channels have a text: meant is the one that is named, or else the one that was given.
    weight: name.startsWith(`${channel}-`) ? 2 : name in given ? 1 : 0,
  }))
  const words = (command.words ?? []).map((word) => {
    const about = `See: c2m ${command.name} --help`
    return { field: word.toLowerCase(), name: word, about, weight: 1 }
  })
  const [option] = [...options, ...words]
    .filter(({ field }) => path.startsWith(`${field}.`))
    .sort((a, b) => b.field.length - a.field.length || b.weight - a.weight)
  return option === undefined ? null : { option, fault, missing: absent !== undefined }
}

function fieldOf(name: string, option: Option): string {
  const camel = name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
  return option.field ?? (option.many ? `${camel}s` : camel)
}

/** Null: the validator's words would tell a person less than what the help says of the option. */
function inWords({ option: { name }, fault, missing }: Read): string | null {
  if (missing) return `${name} is missing.`
  const known = /^must be equal to one of the allowed values: (.+)$/s.exec(fault)?.[1]
  if (known !== undefined) return `${name} must be one of: ${known}.`
  const [, side, length] = /^must NOT have (fewer|more) than ([0-9]+) characters$/.exec(fault) ?? []
  if (side === 'fewer' && length === '1') return `${name} must not be empty.`
  if (length !== undefined) return `${name} must be at ${side === 'more' ? 'most' : 'least'} ${length} characters long.`
  const [, sign, bound] = /^must be (>=|<=) (-?[0-9.]+)$/.exec(fault) ?? []
  return bound === undefined ? null : `${name} must be ${bound} or ${sign === '<=' ? 'less' : 'more'}.`
}
