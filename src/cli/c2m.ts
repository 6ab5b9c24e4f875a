import { parseArgs } from 'node:util'
import { type Command, exitCodes, type Given, Mistake, type Said, Unreachable } from './command.ts'
import { always, commands } from './commands.ts'
import { commandHelp, help } from './help.ts'
import { operatorApi } from './operator-api.ts'

/** `create` and `add` are the same word here: both stand in the manuals of others. */
const verb = (word: string | undefined) => (word === 'create' || word === 'issue' ? 'add' : word)

interface Found {
  readonly command: Command
  readonly rest: string[]
}

function commandOf(argv: readonly string[]): Found | null {
  const [first = '', second] = argv
  const two = commands.find((command) => command.name === `${first} ${verb(second)}`)
  if (two !== undefined) return { command: two, rest: argv.slice(2) }
  const single = commands.find((command) => command.name === first)
  return single === undefined ? null : { command: single, rest: argv.slice(1) }
}

/** @throws Mistake in a sentence, whatever was wrong with the arguments. */
function parse(command: Command, rest: string[]): { given: Given; words: readonly string[] } {
  const options = { ...command.options, ...always }
  let parsed: { values: object; positionals: string[] }
  try {
    parsed = parseArgs({
      args: rest,
      allowPositionals: true,
      strict: true,
      options: Object.fromEntries(
        Object.entries(options).map(([name, option]) => [
          name,
          { type: option.value === undefined ? 'boolean' : 'string', multiple: option.many === true } as const,
        ]),
      ),
    })
  } catch (error) {
    const { message } = error as Error
    const [, dashed] = /^Option '(?:-\w, )?(--[\w-]+)(?: <value>)?' argument is ambiguous/.exec(message) ?? []
    const sentence =
      dashed === undefined
        ? message.split(/[.\n]/)[0]!
        : `A value that begins with a dash is joined to its option by =, like ${dashed}=${rest[rest.indexOf(dashed) + 1]}`
    throw new Mistake(`${sentence}. See: c2m ${command.name} --help`)
  }
  const given = parsed.values as Given
  if (given.help === true) return { given, words: [] }
  const missing = Object.entries(options).find(([name, option]) => option.required && given[name] === undefined)
  if (missing !== undefined) {
    throw new Mistake(`--${missing[0]} is missing. See: c2m ${command.name} --help`)
  }
  const empty = Object.entries(given).find(([, value]) => [value].flat().includes(''))
  if (empty !== undefined) throw new Mistake(`--${empty[0]} is empty.`)
  const words = command.words ?? []
  if (parsed.positionals.length !== words.length || parsed.positionals.includes('')) {
    throw new Mistake(`Usage: c2m ${[command.name, ...words].join(' ')}. See: c2m ${command.name} --help`)
  }
  return { given, words: parsed.positionals }
}

async function run({ command, rest }: Found, say: (said: Said) => number): Promise<number> {
  const { given, words } = parse(command, rest)
  if (given.help === true) return say(commandHelp(command, always))
  const url = typeof given.url === 'string' ? given.url : undefined
  const api = () => operatorApi(process.env, url, { command, given })
  return say(await command.run({ words, given, api, env: process.env }))
}

async function main(argv: readonly string[]): Promise<number> {
  const json = argv.includes('--json')
  const say = (said: Said) => {
    process.stdout.write(`${json ? JSON.stringify(said.json, null, 2) : said.text}\n`)
    return said.exitCode ?? 0
  }
  try {
    const words = argv[0] === 'help' ? argv.slice(1) : argv
    const found = commandOf(words)
    if (found === null) {
      const [first] = words.filter((word) => word !== '--json' && word !== '--help')
      const listed = (some: readonly Command[]) =>
        say({ json: some.map(({ name, about }) => ({ name, about })), text: help(some) })
      if (first === undefined) return listed(commands)
      const group = commands.filter((command) => command.name.startsWith(`${first} `))
      if (group.length === 0) throw new Mistake(`There is no command "${first}". See: c2m --help`)
      if (argv[0] === 'help' || argv.includes('--help')) return listed(group)
      const verbs = group.map((command) => command.name.split(' ')[1])
      throw new Mistake(`"${first}" needs one of: ${verbs.join(', ')}.`)
    }
    if (argv[0] === 'help') return say(commandHelp(found.command, always))
    return await run(found, say)
  } catch (error) {
    const code =
      error instanceof Mistake
        ? exitCodes.mistake
        : error instanceof Unreachable
          ? exitCodes.unreachable
          : exitCodes.failed
    const sentence = (error as Error).message
    if (json) process.stdout.write(`${JSON.stringify({ error: sentence })}\n`)
    process.stderr.write(`${sentence}\n`)
    return code
  }
}

process.exitCode = await main(process.argv.slice(2))
