import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { crashStage } from '../crash-stage.ts'

/** Promise P10. */
const bound = 30_000

test('PR-05: a process frozen while it holds claims: the other takes over; woken, it sends nothing and overwrites nothing', {
  timeout: 180_000,
}, async (t) => {
  const stage = await crashStage(t, { env: { PROCESSES: 'several' } })
  const frozen = await stage.start()
  const pid = await frozen.pid()
  // Whatever happens here, a stopped process must be able to end.
  t.after(() => frozen.signal('SIGCONT'))
  const other = await stage.start({ place: 1 })
  const [inFlight, unsent] = [await stage.call(frozen), await stage.call(frozen)]

  // One request is with Twilio, which has taken it and does not answer; then the process stops between claim and call.
  await stage.twilio.call('fault', { phase: 'api', do: 'hold', accepts: true })
  const first = stage.invite(frozen, inFlight)
  await stage.until('a request with Twilio', 10_000, async () => (await stage.copies(inFlight.phone)).length === 1)
  let frozenAt = 0
  stage.proxy!.onCommit({
    of: /insert into invites/i,
    moment: 'after',
    do() {
      freeze(pid)
      frozenAt = performance.now()
      return 'pass'
    },
  })
  const second = stage.invite(frozen, unsent)
  await stage.proxy!.struck()
  assert.equal((await stage.attempt(unsent)).state, 'claimed')

  await stage.until('taken over', bound + 5_000, async () => (await stage.copies(unsent.phone)).length === 1)
  const tookMs = performance.now() - frozenAt
  t.diagnostic(`sent by the other ${Math.round(tookMs)} ms after the freeze`)
  assert.ok(tookMs < bound, `${tookMs} ms`)
  await stage.until('both known', bound, async () =>
    (await Promise.all([inFlight, unsent].map((call) => stage.attempt(call)))).every(({ state }) => state === 'sent'),
  )
  const known = await Promise.all([inFlight, unsent].map((call) => stage.attempt(call)))
  assert.ok(known[1]!.fence > 1, 'a new fence')

  process.kill(pid, 'SIGCONT')
  await stage.twilio.call('release')
  for (const answer of await Promise.all([first, second])) assert.ok(answer === null || answer.status === 200)
  await stage.until('the sleeper has given up', bound, async () => frozen.output().includes('"state":"lost"'))
  assert.deepEqual(
    await Promise.all([inFlight, unsent].map((call) => stage.attempt(call))),
    known,
    'nothing overwritten',
  )
  for (const call of [inFlight, unsent]) assert.equal((await stage.copies(call.phone)).length, 1)
  // Both processes serve on.
  for (const server of [frozen, other]) {
    const call = await stage.call(server)
    assert.equal((await stage.invite(server, call))?.status, 200)
  }
  assert.deepEqual((await stage.compare()).states, { sent: 4 })
  const secondCopies = await stage.db`select 1 from transaction_steps where step = 'second-copy'`
  assert.equal(secondCopies.length, 0)
})

/** Stops a process and returns when it stands still. */
function freeze(pid: number): void {
  process.kill(pid, 'SIGSTOP')
  if (process.platform !== 'linux') return
  while (!/\) T /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))) {}
}
