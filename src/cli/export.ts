import { setTimeout as sleep } from 'node:timers/promises'
import { exportFormats, exportKinds } from '../domain/export.ts'
import { body, type Command, exitCodes, Mistake, one } from './command.ts'
import { accountOption, pathOf, type Row, shown } from './nouns.ts'
import { mustBeWritable, type OperatorApi } from './operator-api.ts'
import { table } from './table.ts'

const askedEveryMs = 500

export const exportOptions = {
  kind: { value: 'KIND', about: `${exportKinds.join(', ')}; transactions unless said.` },
  format: { value: 'FORMAT', about: `${exportFormats.join(', ')}; csv unless said.` },
  channel: {
    value: 'CHANNEL',
    field: 'filters.channels',
    many: true,
    about: 'Only calls of this channel: sms, wa, inapp.',
  },
  skill: { value: 'ID', field: 'filters.skills', many: true, about: 'Only calls of this skill, by its id.' },
  handoff: { value: 'ID', field: 'filters.handoffs', many: true, about: 'Only calls of this handoff.' },
  'group-by': {
    value: 'WORD',
    field: 'groupBy',
    many: true,
    about: 'Of a report, at most two: day, hour, channel, skill, ivrNumber, …',
  },
  'time-zone': { value: 'ZONE', about: 'Of a report, or of a schedule: Europe/London. UTC unless said.' },
} as const

/** Kind, format and the rest of what is asked for, from the options. */
export function wantedOf(given: Parameters<typeof one>[0]): Record<string, unknown> {
  const filters = body({ channels: given.channel, skills: given.skill, handoffs: given.handoff })
  return {
    kind: one(given, 'kind') ?? 'transactions',
    format: one(given, 'format') ?? 'csv',
    ...body({ groupBy: given['group-by'], timeZone: one(given, 'time-zone') }),
    ...(Object.keys(filters).length === 0 ? {} : { filters }),
  }
}

const outOption = { out: { value: 'FILE', required: true, about: 'A new file to write to.' } } as const

export const exportCommands: readonly Command[] = [
  {
    name: 'export run',
    about: 'Export calls, a report or opt-outs to a file here: asks, waits, fetches. Of numbers only the end is told.',
    options: {
      ...accountOption,
      ...exportOptions,
      from: { value: 'TIME', about: 'Since when: 2026-11-01T00:00:00Z. Since there is anything unless said.' },
      to: { value: 'TIME', about: 'Until when, not included. Now unless said.' },
      ...outOption,
    },
    async run({ given, api }) {
      const out = one(given, 'out')!
      await mustBeWritable(out)
      const server = await api()
      const wanted = { ...wantedOf(given), ...body({ from: one(given, 'from'), to: one(given, 'to') }) }
      const { exportId } = await server.post<{ exportId: string }>(pathOf(given, '/exports'), wanted)
      const path = pathOf(given, `/exports/${exportId}`)
      const ended = await whenEnded(server, path)
      if (ended.state !== 'done') {
        const text = `The export was ${ended.state}. ${ended.failure ?? ''}`.trim()
        return { json: ended, text, exitCode: exitCodes.failed }
      }
      const bytes = await server.save(`${path}/file`, out)
      return { json: { ...ended, bytes }, text: `${ended.rows} rows, ${bytes} bytes: ${out}` }
    },
  },
  {
    name: 'export list',
    about: 'List the newest exports of an account, with how far each has come.',
    options: accountOption,
    async run({ given, api }) {
      const answer = await (await api()).get<{ exports: readonly Row[] }>(pathOf(given, '/exports'))
      const rows = answer.exports.map((row) => [
        ...[row.exportId, row.kind, row.format, row.state],
        ...[row.percent === null ? null : `${row.percent} %`, row.rows, row.createdAt, row.failure],
      ])
      const headings = ['ID', 'KIND', 'FORMAT', 'STATE', 'DONE', 'ROWS', 'ASKED AT', 'FAILURE']
      return { json: answer, text: table(headings, rows, 'There are no exports.') }
    },
  },
  {
    name: 'export fetch',
    about: 'Fetch the file of an export that is done. Only those whose numbers are told by their end.',
    words: ['EXPORT'],
    options: { ...accountOption, ...outOption },
    async run({ words, given, api }) {
      const out = one(given, 'out')!
      const bytes = await (await api()).save(pathOf(given, `/exports/${idOf(words[0]!)}/file`), out)
      return { json: { bytes }, text: `${bytes} bytes: ${out}` }
    },
  },
  {
    name: 'export delete',
    about: 'Cancel an export, or take one that has ended away with its file.',
    words: ['EXPORT'],
    options: accountOption,
    async run({ words, given, api }) {
      const server = await api()
      const path = pathOf(given, `/exports/${idOf(words[0]!)}`)
      const row = await server.get<Row>(path)
      await server.delete(path)
      return shown({ exportId: row.exportId, state: row.state }, 'Deleted:')
    },
  },
]

async function whenEnded(server: OperatorApi, path: string): Promise<Row> {
  while (true) {
    const row = await server.get<Row>(path)
    if (row.state !== 'waiting' && row.state !== 'running') return row
    await sleep(askedEveryMs)
  }
}

function idOf(word: string): string {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(word)) return word
  throw new Mistake(`"${word}" is no id of an export; see: c2m export list`)
}
