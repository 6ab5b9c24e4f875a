import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { serverProcess } from '../test/server-process.ts'
import { onStage } from './bench-stage.ts'
import { type BenchBrand, signedRequests } from './eligibility-requests.ts'
import { closedLoop } from './load.ts'
import { printRatios } from './ratios.ts'

/*
 * What a server costs: memory of its process under the load of the eligibility benchmark, and the time until it is ready, on
 * an empty data folder and on one that was used before, its own PostgreSQL included.
 */
const connections = 64
const brandCount = 200
const megabyte = 1024 * 1024
/** A machine that is busy with something else gives a bad number, not none. */
const patienceMs = 120_000

/** @param options `--rounds 3` of starting, `--seconds 20` of load. */
export async function benchProcess(options: readonly string[]): Promise<boolean> {
  const { values } = parseArgs({
    args: [...options],
    options: { rounds: { type: 'string', default: '3' }, seconds: { type: 'string', default: '20' } },
  })
  const [first, again]: [number[], number[]] = [[], []]
  for (let round = 0; round < Number(values.rounds); round += 1) {
    const began = performance.now()
    const server = await serverProcess()
    try {
      await server.ready(patienceMs)
      first.push((performance.now() - began) / 1000)
      server.signal('SIGTERM')
      await server.ended
      const beganAgain = performance.now()
      const second = await serverProcess({ dataDir: server.dataDir })
      try {
        await second.ready(patienceMs)
        again.push((performance.now() - beganAgain) / 1000)
      } finally {
        second.signal('SIGTERM')
        await second.ended
      }
    } finally {
      await server.close()
    }
  }
  const { loaded, peak } = await memory(Number(values.seconds))
  return printRatios([
    { what: 'seconds until ready on an empty data folder', values: first, bar: { atMost: 5 } },
    { what: 'seconds until ready after that', values: again, bar: { atMost: 2 } },
    { what: 'MB resident after a load of eligibility requests', values: [loaded], bar: { atMost: 250 } },
    { what: 'MB resident at most meanwhile', values: [peak], bar: { atMost: 250 } },
  ])
}

function memory(seconds: number): Promise<{ loaded: number; peak: number }> {
  return onStage(async (stage) => {
    await stage.createDatabase('ours')
    const server = await stage.start('ours', { BRANDS: String(brandCount) })
    const brands = JSON.parse(await readFile(join(stage.folder, 'brands.json'), 'utf8')) as BenchBrand[]
    const make = signedRequests(`http://127.0.0.1:${server.port}`, brands)
    for (const until = performance.now() + seconds * 1000; performance.now() < until; ) {
      const requests = Array.from({ length: 12_000 }, make)
      const { requestsPerSecond } = await closedLoop(server.port, requests, { connections, seconds: 5 })
      console.log(`${requestsPerSecond.toFixed(0)} requests a second`)
    }
    const { rss, peakRss } = await server.usage()
    return { loaded: rss / megabyte, peak: peakRss / megabyte }
  })
}
