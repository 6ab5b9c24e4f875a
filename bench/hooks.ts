import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { cipher } from '../src/store/cipher.ts'
import type { Database } from '../src/store/db.ts'
import { atRate, percentile, shownTimes } from './at-rate.ts'
import { onStage } from './bench-stage.ts'
import { type HttpConnection, httpConnection } from './http-connection.ts'
import { type LiveBrand, liveBrand } from './live-brand.ts'
import { printRatios } from './ratios.ts'

/*
 * Webhooks at 300 a second: consumers' messages, each verified, routed into its conversation and durable before it is
 * answered. Beside it, at the same rate on the same database, the bare insert that it rests on. And afterwards: is every
 * message there that was answered with a yes?
 */
const perSecond = 300
const connections = 64

/** @param options `--rounds 5`, `--seconds 5` each. */
export async function benchHooks(options: readonly string[]): Promise<boolean> {
  const { values } = parseArgs({
    args: [...options],
    options: { rounds: { type: 'string', default: '5' }, seconds: { type: 'string', default: '5' } },
  })
  const count = Math.round(Number(values.seconds) * perSecond)
  return onStage(async (stage) => {
    await stage.createDatabase('ours')
    const server = await stage.start('ours')
    const db = stage.open('ours', 16)
    const brand = await liveBrand(db, cipher(Buffer.alloc(32, 7)), `http://127.0.0.1:${server.port}`)
    // What autovacuum does within its first seconds of such a load.
    await db`analyze`
    await db`create table bare_inserts (id bigint generated always as identity primary key, body text not null)`
    const accepted: string[] = []
    const rounds: { hooks: number[]; bare: number[] }[] = []
    for (let round = 0; round <= Number(values.rounds); round += 1) {
      const bare = await inserts(db, count)
      const hooks = await webhooks(server.port, brand, count, round, accepted)
      if (round > 0) rounds.push({ hooks, bare })
      console.log(
        `  webhook ${shownTimes(hooks)} | bare insert ${shownTimes(bare)}${round === 0 ? ' (to warm up)' : ''}`,
      )
    }
    const stored = new Set(
      (await db<{ body: string }[]>`select body from messages where direction = 'in' and body = any(${accepted})`).map(
        ({ body }) => body,
      ),
    )
    console.log(`${accepted.length} webhooks answered with 2xx, ${stored.size} messages stored`)
    const p99s = rounds.map(({ hooks, bare }) => ({ hooks: percentile(hooks, 0.99), bare: percentile(bare, 0.99) }))
    return printRatios([
      {
        what: `milliseconds until a webhook is acknowledged at ${perSecond} a second, p99`,
        values: p99s.map(({ hooks }) => hooks),
        bar: { atMost: 250 },
      },
      {
        what: 'p99, webhook acknowledged / the bare insert it rests on',
        values: p99s.map(({ hooks, bare }) => hooks / bare),
        bar: { atMost: 3 },
      },
      {
        what: 'messages lost after a 2xx',
        values: [accepted.filter((text) => !stored.has(text)).length],
        bar: { atMost: 0 },
      },
    ])
  })
}

/** Milliseconds from the moment each was due until its answer, sorted; the texts of those answered with a yes go to `accepted`. */
async function webhooks(
  port: number,
  brand: LiveBrand,
  count: number,
  round: number,
  accepted: string[],
): Promise<number[]> {
  const idle: HttpConnection[] = await Promise.all(Array.from({ length: connections }, () => httpConnection(port)))
  const everyone = [...idle]
  const took = await atRate(perSecond, count, async (n, due) => {
    const text = `round ${round} message ${n}`
    const request = brand.request(brand.consumers[n % brand.consumers.length]!.phone, text)
    let connection = idle.pop()
    while (connection === undefined) {
      await pause(1)
      connection = idle.pop()
    }
    const status = await connection.send(request)
    const ms = performance.now() - due
    idle.push(connection)
    if (status < 200 || status > 299) throw new Error(`A webhook was answered ${status}.`)
    accepted.push(text)
    return ms
  })
  for (const connection of everyone) connection.close()
  return took
}

/** Milliseconds from the moment each insert was due until it was durable, sorted. */
function inserts(db: Database, count: number): Promise<number[]> {
  return atRate(perSecond, count, async (n, due) => {
    await db`insert into bare_inserts (body) values (${`message ${n} of a consumer`})`
    return performance.now() - due
  })
}
