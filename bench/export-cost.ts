import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { BenchProcess, BenchStage } from './bench-stage.ts'
import { type BenchBrand, signedRequests } from './eligibility-requests.ts'
import type { GeneratedCalls } from './generated-calls.ts'
import { closedLoop } from './load.ts'
import type { Ratio } from './ratios.ts'
import type { ExportWord } from './servers/export-on-demand.ts'

const connections = 64
const brandCount = 20
const seconds = 4
const megabyte = 1024 * 1024

const yearOf = ({ brand, from, until }: GeneratedCalls, format: 'csv' | 'parquet'): ExportWord => ({
  begin: {
    ...{ accountId: brand.accountId, kind: 'transactions', format, query: {}, masked: false },
    ...{ since: from.toISOString(), until: until.toISOString() },
  },
})

/** Eligibility of other brands while the same process exports the year, against eligibility alone; in turn, round by round. */
export async function besideExport(stage: BenchStage, made: GeneratedCalls, rounds: number): Promise<Ratio> {
  const server = await stage.start('ours', { BRANDS: String(brandCount) })
  const brands = JSON.parse(await readFile(join(stage.folder, 'brands.json'), 'utf8')) as BenchBrand[]
  const make = signedRequests(`http://127.0.0.1:${server.port}`, brands)
  let most = 3_000
  const load = async () => {
    const requests = Array.from({ length: Math.ceil(most * seconds * 1.5) }, make)
    const { requestsPerSecond } = await closedLoop(server.port, requests, { connections, seconds })
    most = Math.max(most, requestsPerSecond)
    return requestsPerSecond
  }
  const beside = async () => {
    server.child.send(yearOf(made, 'csv'))
    const ended = written(server)
    const requestsPerSecond = await load()
    server.child.send({ stop: true })
    if ((await ended) !== null) throw new Error('The export was over before the load: nothing was measured.')
    return requestsPerSecond
  }
  const values: number[] = []
  for (let round = 0; round <= rounds; round += 1) {
    const first = round % 2 === 0 ? await load() : await beside()
    const second = round % 2 === 0 ? await beside() : await load()
    const [alone, exporting] = round % 2 === 0 ? [first, second] : [second, first]
    if (round > 0) values.push(exporting / alone)
    console.log(`  eligibility ${alone.toFixed(0)}/s, beside an export ${exporting.toFixed(0)}/s`)
  }
  return { what: 'eligibility requests a second, beside an export / alone', values, bar: { atLeast: 0.9 } }
}

/** The whole year, in the format that holds most in memory, by a process that does nothing else. */
export async function memoryOfExport(stage: BenchStage, made: GeneratedCalls): Promise<Ratio> {
  const exporting = await stage.start('exporting', { DATABASE: 'ours' })
  const before = await exporting.usage()
  const began = performance.now()
  const ended = written(exporting)
  exporting.child.send(yearOf(made, 'parquet'))
  const done = await ended
  if (done?.rows !== made.calls) throw new Error(`The file has ${done?.rows} rows, not ${made.calls}.`)
  const { peakRss } = await exporting.usage()
  const took = (performance.now() - began) / 1000
  console.log(
    `  a year’s export: ${done.rows.toLocaleString('en')} rows, ${(done.bytes / megabyte).toFixed(0)} MB in ${took.toFixed(0)} s; ` +
      `${(before.rss / megabyte).toFixed(0)} MB resident before, at most ${(peakRss / megabyte).toFixed(0)} MB`,
  )
  const added = (peakRss - before.rss) / megabyte
  return { what: 'MB that a year’s export adds to its process at most', values: [added], bar: { atMost: 150 } }
}

/** What an export has written when it is over; null: it was stopped. */
async function written({ child }: BenchProcess): Promise<{ rows: number; bytes: number } | null> {
  const [message] = (await once(child, 'message')) as [{ written: { rows: number; bytes: number } | null }]
  return message.written
}
