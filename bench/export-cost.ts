import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { BenchProcess, BenchStage } from './bench-stage.ts'
import { type BenchBrand, signedRequests } from './eligibility-requests.ts'
import type { GeneratedCalls } from './generated-calls.ts'
import { closedLoop } from './load.ts'
import type { Ratio } from './ratios.ts'
import type { ExportNews, ExportWord } from './servers/export-on-demand.ts'

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
  const prepared = () => Array.from({ length: Math.ceil(most * seconds * 1.5) }, make)
  const load = async (requests: readonly Buffer[] = prepared()) => {
    const { requestsPerSecond } = await closedLoop(server.port, requests, { connections, seconds })
    most = Math.max(most, requestsPerSecond)
    return requestsPerSecond
  }
  const beside = async () => {
    const requests = prepared()
    const [begun, ended] = [heard(server, 'begun'), heard(server, 'written')]
    server.child.send(yearOf(made, 'csv'))
    // A year is written for minutes: its first half second, in which a thread is started, is none of them.
    await begun
    const requestsPerSecond = await load(requests)
    server.child.send({ stop: true })
    if ((await ended) !== null) throw new Error('The export was over before the load: nothing was measured.')
    return requestsPerSecond
  }
  const values: number[] = []
  for (let round = 0; round <= rounds; round += 1) {
    // One, the other twice, the one: what the machine does better and better, or worse, befalls both.
    const [alone, exporting]: [number[], number[]] = [[], []]
    for (const isBeside of [false, true, true, false])
      (isBeside ? exporting : alone).push(await (isBeside ? beside() : load()))
    const mean = ([a, b]: number[]) => (a! + b!) / 2
    if (round > 0) values.push(mean(exporting) / mean(alone))
    console.log(`  eligibility ${mean(alone).toFixed(0)}/s, beside an export ${mean(exporting).toFixed(0)}/s`)
  }
  return { what: 'eligibility requests a second, beside an export / alone', values, bar: { atLeast: 0.9 } }
}

/** The whole year, in the format that holds most in memory, by a process that does nothing else. */
export async function memoryOfExport(stage: BenchStage, made: GeneratedCalls): Promise<Ratio> {
  const exporting = await stage.start('exporting', { DATABASE: 'ours' })
  const before = await exporting.usage()
  const began = performance.now()
  const ended = heard(exporting, 'written')
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

/** What an export's process says of it next. */
function heard<N extends keyof ExportNews>({ child }: BenchProcess, name: N): Promise<ExportNews[N]> {
  return new Promise((resolve) => {
    const listen = (news: ExportNews) => {
      if (!(name in news)) return
      child.off('message', listen)
      resolve(news[name])
    }
    child.on('message', listen)
  })
}
