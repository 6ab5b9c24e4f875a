import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { crashStage, inboundUrl } from '../crash-stage.ts'
import { inviteLoad } from '../invite-load.ts'

/** The promise is 2 s after the database is ready (reliability section 5); starved cores get what P10 promises. */
const bound = 30_000

suite('the database is killed', { timeout: 180_000 }, () => {
  test('DB-01, DB-02, WI-05: its postmaster, then one backend, under load: the server lives on, nothing acknowledged is lost', async (t) => {
    const stage = await crashStage(t, { embedded: true, callbacks: 'auto' })
    const server = await stage.start()
    const pid = await server.pid()
    const { address } = stage.brand.smsSender
    await stage.twilio.call('inboundUrl', address, inboundUrl(server, stage.brand))
    const load = inviteLoad(stage, () => server, { at: 3 })
    const texts: { sid: string; status: number | null }[] = []
    let telling = true
    const consumer = (async () => {
      for (let count = 0; telling; count += 1) {
        const said = await stage.twilio.call('consumerSends', `+1628555${1_000 + count}`, address, `text ${count}`)
        texts.push({ sid: said.messageSid, status: said.webhook?.status ?? null })
        await pause(50)
      }
    })()
    /** Milliseconds until an invite that was asked for after now is acknowledged. */
    const acknowledgedAgain = async () => {
      const before = load.begun()
      return stage.until('an invite is acknowledged again', bound, async () => load.acknowledgedSince(before) > 0)
    }
    /** Something to lose. */
    const underLoad = () => stage.until('load', bound, async () => load.acknowledgedSince(load.begun() - 12) >= 6)

    await underLoad()
    const postmaster = stage.postmaster()
    process.kill(postmaster, 'SIGKILL')
    t.diagnostic(`postmaster killed: an invite acknowledged after ${Math.round(await acknowledgedAgain())} ms`)
    assert.notEqual(stage.postmaster(), postmaster)

    await underLoad()
    const [backend] = await stage.db<{ pid: number }[]>`
      select pid from pg_stat_activity where application_name like 'c2m%' and pid <> pg_backend_pid() order by random() limit 1`
    process.kill(backend!.pid, 'SIGKILL')
    t.diagnostic(`backend killed: an invite acknowledged after ${Math.round(await acknowledgedAgain())} ms`)

    telling = false
    await consumer
    await load.stop()
    assert.equal(await server.pid(), pid)
    assert.equal((await fetch(`${server.url}/health/ready`)).status, 200, 'the same process serves')
    const tally = await stage.compare()
    t.diagnostic(JSON.stringify(tally))
    assert.ok(tally.acknowledged >= 12)

    // WI-05: what a provider was told to be stored is stored; everything else it would tell again.
    const stored = new Set(
      (await stage.db`select provider_id from messages where direction = 'in'`).map((row) => row.provider_id),
    )
    const statuses = Map.groupBy(texts, ({ status }) => String(status))
    t.diagnostic(`texts: ${[...statuses].map(([status, all]) => `${all.length} x ${status}`).join(', ')}`)
    assert.deepEqual(
      [...statuses.keys()].filter((status) => !['200', '503', 'null'].includes(status)),
      [],
    )
    for (const { sid } of statuses.get('200') ?? []) assert.ok(stored.has(sid), `a text answered 200 is lost: ${sid}`)
  })
})
