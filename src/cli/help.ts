import type { Command, Option, Said } from './command.ts'
import { table } from './table.ts'

/** Every command with a line about it. */
export function help(commands: readonly Command[]): string {
  return [
    'Usage: npm run --silent c2m -- COMMAND [OPTIONS]',
    '',
    table(
      ['COMMAND', ''],
      commands.map((command) => [usage(command), command.about]),
      '',
    ),
    '',
    'Each command knows --help, and --json for machines. "create" may be said for "add".',
    'Exit codes: 0 done, 1 failed, 2 refused, 3 no server reachable.',
  ].join('\n')
}

export function commandHelp(command: Command, always: Readonly<Record<string, Option>>): Said {
  const options = { ...command.options, ...always }
  const rows = Object.entries(options).map(([name, option]) => [
    `  --${name}${option.value === undefined ? '' : ` ${option.value}`}`,
    `${option.about}${option.required ? ' Needed.' : ''}${option.many ? ' May come several times.' : ''}`,
  ])
  return {
    json: { name: command.name, about: command.about, words: command.words ?? [], options },
    text: `Usage: c2m ${usage(command)} [OPTIONS]\n\n${command.about}\n\n${table(['OPTIONS', ''], rows, '')}`,
  }
}

const usage = (command: Command) => [command.name, ...(command.words ?? [])].join(' ')
