import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { crashStage, inboundUrl } from '../crash-stage.ts'

/** Statements of the database transaction that accepts an invite. */
const accepting = /insert into invites/i
/** Promise P10, and with it the bound on every taking over. */
const bound = 30_000

/*
 * The server process is killed with SIGKILL at each moment between "the IVR asks" and "the outcome is written down". The
 * kill comes from outside and at the exact message: a proxy before the database, a gate before Twilio, or Twilio itself.
 * Most of the time goes by waiting for a lease, so the stories wait side by side.
 */
suite('killed in between', { concurrency: true, timeout: 180_000 }, () => {
  test('PR-01: before the COMMIT reaches the database: no 2xx, nothing is sent; asked again, it is sent once', async (t) => {
    const stage = await crashStage(t)
    const server = await stage.start()
    const pid = await server.pid()
    const call = await stage.call(server)
    stage.proxy!.onCommit({ of: accepting, moment: 'before', do: () => kill(pid) })
    assert.equal(await stage.invite(server, call), null, 'no answer to the client')
    await server.ended
    assert.equal(await stage.inviteState(call), null, 'rolled back')
    assert.equal((await stage.copies(call.phone)).length, 0)

    const again = await stage.start()
    assert.equal((await stage.invite(again, call))?.status, 200)
    const tally = await stage.compare()
    assert.deepEqual(call.answers, ['cut', 200])
    assert.deepEqual([tally.copies, tally.states], [1, { sent: 1 }])
  })

  test('PR-02: after the COMMIT, before the answer: asked again it is the same call, and one message in all', async (t) => {
    const stage = await crashStage(t)
    const server = await stage.start()
    const pid = await server.pid()
    const call = await stage.call(server)
    let killedAt = 0
    stage.proxy!.onCommit({
      of: accepting,
      moment: 'after',
      do() {
        killedAt = performance.now()
        return kill(pid)
      },
    })
    assert.equal(await stage.invite(server, call), null)
    await server.ended
    assert.deepEqual(await stage.attempt(call), { state: 'claimed', reason: null, fence: 1, tries: 1 })

    const again = await stage.start()
    const repeated = await stage.invite(again, call)
    assert.deepEqual([repeated?.status, repeated?.body], [200, { callId: call.callId }])
    await stage.until('sent', bound, async () => (await stage.attempt(call)).state === 'sent')
    const tookMs = performance.now() - killedAt
    t.diagnostic(`sent ${Math.round(tookMs)} ms after the kill`)
    assert.ok(tookMs < bound, `sent after ${tookMs} ms`)
    assert.equal((await stage.compare()).copies, 1)
    assert.deepEqual(call.answers, ['cut', 200])
  })

  test('PR-03: after Twilio took it, before its SID is stored: the callback with our token says so, no copy', async (t) => {
    const stage = await crashStage(t)
    const server = await stage.start()
    const call = await stage.call(server)
    await stage.twilio.call('fault', { phase: 'api', do: 'kill', pid: await server.pid(), accepts: true })
    assert.equal(await stage.invite(server, call), null)
    await server.ended
    assert.equal((await stage.copies(call.phone)).length, 1)

    // Twilio cannot be asked, so that the callback alone decides.
    await stage.twilio.call('fault', {
      ...{ phase: 'api', do: 'error', status: 503, accepts: false, times: 1e9, match: { operation: 'list' } },
    } as const)
    await stage.start()
    await stage.until('in doubt', bound, async () => (await stage.attempt(call)).state === 'unknown')
    assert.equal((await stage.attempt(call)).reason, 'lease-expired')
    await pause(2_000)
    assert.equal((await stage.attempt(call)).state, 'unknown', 'asked in vain, and not sent again')
    await stage.twilio.call('drain')
    assert.equal((await stage.attempt(call)).state, 'sent')
    assert.deepEqual((await stage.compare()).states, { sent: 1 })
    assert.equal((await stage.copies(call.phone)).length, 1)
  })

  test('PR-03: the same with every callback lost: Twilio’s own list says so, no copy', async (t) => {
    const stage = await crashStage(t)
    const server = await stage.start()
    const call = await stage.call(server)
    await stage.twilio.call('fault', { phase: 'webhook', do: 'drop', times: 1e9 })
    await stage.twilio.call('fault', { phase: 'api', do: 'kill', pid: await server.pid(), accepts: true })
    const killedAt = performance.now()
    assert.equal(await stage.invite(server, call), null)
    await server.ended
    const again = await stage.start()
    assert.equal((await stage.invite(again, call))?.status, 200)
    await stage.until('sent', bound, async () => (await stage.attempt(call)).state === 'sent')
    t.diagnostic(`known ${Math.round(performance.now() - killedAt)} ms after the kill`)
    const lists = (await stage.twilio.read('requests')).filter(({ operation }) => operation === 'list')
    assert.ok(lists.length > 0)
    await stage.twilio.call('drain')
    assert.deepEqual((await stage.compare()).states, { sent: 1 })
    assert.equal((await stage.copies(call.phone)).length, 1)
  })

  test('PR-04: at the first connection to Twilio, nothing arrived there: one copy, within 30 s of the kill', async (t) => {
    const stage = await crashStage(t)
    const server = await stage.start()
    const pid = await server.pid()
    const call = await stage.call(server)
    let killedAt = 0
    stage.gate.refuseNext(() => {
      killedAt = performance.now()
      kill(pid)
    })
    assert.equal(await stage.invite(server, call), null)
    await server.ended
    assert.deepEqual(await stage.twilio.read('requests'), [], 'Twilio heard nothing')

    await stage.start()
    await stage.until('a copy', bound, async () => (await stage.copies(call.phone)).length > 0)
    const tookMs = performance.now() - killedAt
    t.diagnostic(`sent ${Math.round(tookMs)} ms after the kill`)
    assert.ok(tookMs < bound, `sent after ${tookMs} ms`)
    await stage.compare()
    assert.deepEqual(await stage.attempt(call), { state: 'sent', reason: null, fence: 3, tries: 2 })
    assert.equal((await stage.copies(call.phone)).length, 1)
  })

  test('WI-03: statuses and the consumer’s reply come before the send’s answer, which the killed server never gets', async (t) => {
    const stage = await crashStage(t)
    const server = await stage.start()
    const call = await stage.call(server)
    await stage.twilio.call('inboundUrl', stage.brand.smsSender.address, inboundUrl(server, stage.brand))
    // Twilio takes the message, tells its statuses, the consumer answers, and still the create has no answer.
    await stage.twilio.call('fault', { phase: 'webhook', do: 'before-answer' })
    await stage.twilio.call('fault', { phase: 'api', do: 'hold', accepts: true })
    const asking = stage.invite(server, call)
    await stage.until('told', 10_000, async () => (await stage.twilio.read('webhooks')).length === 2)
    const said = await stage.twilio.call('consumerSends', call.phone, stage.brand.smsSender.address, 'Yes, by text')
    assert.equal(said.webhook?.status, 200)
    await stage.kill(server)
    // On a machine so busy that the invite's time was over before the kill, it was promised instead.
    assert.equal((await asking)?.status ?? 200, 200)
    await stage.twilio.call('release')

    const again = await stage.start()
    assert.equal((await stage.invite(again, call))?.status, 200)
    assert.deepEqual((await stage.compare()).states, { sent: 1 })
    const { db } = stage
    const conversations = await db`
      select c.call_id, c.skill_id from conversations c join messages m using (account_id, conversation_id)
      where m.direction = 'in' and m.body = 'Yes, by text'`
    assert.deepEqual([...conversations], [{ call_id: call.callId, skill_id: stage.brand.skills.support }])
    const [message] = await db`select status from messages where direction = 'out'`
    assert.equal(message!.status, 'delivered')
    assert.equal((await stage.copies(call.phone)).length, 1)
  })
})

function kill(pid: number): undefined {
  process.kill(pid, 'SIGKILL')
}
