import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { crashStage } from '../crash-stage.ts'
import { inviteLoad } from '../invite-load.ts'
import type { ServerProcess } from '../server-process.ts'

/** Kill cycles; the long run is `STORM=300 node --test test/stories/storm.test.ts`, and `SEED=…` deals the same blows again. */
const cycles = Number(process.env.STORM ?? 30)
const seed = Number(process.env.SEED ?? randomInt(2 ** 31))
/** Promise P10. The test starts the server again as an init system would; the keeper has its own story (start-and-stop). */
const bound = 30_000

/** Numbers from 0 to 1 that the seed decides (mulberry32). */
function random(state: number): () => number {
  let at = state
  return () => {
    at = (at + 0x6d2b79f5) | 0
    let mixed = Math.imul(at ^ (at >>> 15), 1 | at)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

test(`${cycles} kills at random moments (server, database, both): nothing lost, nothing sent twice`, {
  timeout: 60_000 + cycles * 15_000,
}, async (t) => {
  t.diagnostic(`SEED=${seed}`)
  const chance = random(seed)
  const stage = await crashStage(t, { embedded: true, callbacks: 'auto' })
  let server: ServerProcess = await stage.start()
  const load = inviteLoad(stage, () => server, { at: 2, pauseMs: 50 })
  const back: Record<string, number[]> = { server: [], database: [], both: [] }
  try {
    for (let cycle = 0; cycle < cycles; cycle += 1) {
      const what = (['server', 'database', 'both'] as const)[cycle % 3]!
      await pause(chance() * 500)
      if (what !== 'server') process.kill(stage.postmaster(), 'SIGKILL')
      const killedAt = performance.now()
      if (what !== 'database') {
        await stage.kill(server)
        server = await stage.start()
      }
      const before = load.begun()
      await stage.until(`an invite after the death of ${what}`, bound, async () => load.acknowledgedSince(before) > 0)
      back[what]!.push(performance.now() - killedAt)
    }
  } finally {
    await load.stop()
  }
  const tally = await stage.compare(90_000)
  t.diagnostic(JSON.stringify(tally))
  for (const [what, times] of Object.entries(back)) {
    const sorted = times.map(Math.round).sort((a, b) => a - b)
    t.diagnostic(
      `${what}: an invite acknowledged after ${sorted[sorted.length >> 1]} ms (median), ${sorted.at(-1)} ms (longest)`,
    )
    assert.ok((sorted.at(-1) ?? 0) < bound, `${what}: ${sorted.at(-1)} ms`)
  }
  assert.ok(tally.acknowledged >= cycles)
})
