import assert from 'node:assert/strict'
import test, { after, before } from 'node:test'
import { deliverMessage } from '../../src/actions/deliver-message.ts'
import { fallBack } from '../../src/actions/fall-back.ts'
import { receive } from '../../src/actions/receive.ts'
import type { Heard, HeardStatus } from '../../src/channels/connector.ts'
import type { FailureKind } from '../../src/channels/failures.ts'
import { inviteBy, invitedRows, type SendingStage, sendingStage } from '../sending-stage.ts'
import type { TestBrand } from '../test-brand.ts'
import { testCall } from '../test-call.ts'

/*
 * An invite on WhatsApp was accepted and then turns out undeliverable: the text goes instead, once, while the caller still
 * cares; and never while it is not known what became of the first.
 */
let stage: SendingStage
before(async () => {
  stage = await sendingStage()
})
after(() => stage.close())

interface Scene {
  readonly brand: TestBrand
  readonly callId: string
  readonly phone: string
  rows(): ReturnType<typeof invitedRows>
  tell(...heard: readonly Heard[]): Promise<unknown>
  /** A status of the message that went out first. */
  status(status: HeardStatus['status'], kind?: FailureKind, code?: string): HeardStatus
  /** Runs what the queue holds for this invite. */
  work(): Promise<void>
}

async function invitedOnWhatsapp(columns: Record<string, number> = {}): Promise<Scene> {
  const { deps } = stage.server
  const brand = await stage.brand()
  const handoffId = await stage.twoChannels(brand, columns)
  const call = await testCall(stage.server, { ...brand, handoffId }, { channels: ['wa', 'sms'] })
  await inviteBy(deps, brand, call.callId)
  const rows = () => invitedRows(deps, brand, call.callId)
  const [first] = (await rows()).messages
  const system = { kind: 'system', accountId: brand.accountId } as const
  return {
    brand,
    ...call,
    rows,
    async tell(...heard) {
      const sender = (await deps.accounts.get(brand.accountId))!.senders.get(first!.sender_id)!
      return receive(deps, system, { sender, heard, receivedAt: new Date(), exchange: null })
    },
    status: (status, kind, code) => ({
      kind: 'status',
      providerId: first!.provider_id,
      attemptToken: null,
      status,
      failure: kind === undefined ? null : { kind, providerCode: code ?? null },
      at: null,
    }),
    async work() {
      for (;;) {
        const [job] = await deps.db`
          delete from graphile_worker._private_jobs j using graphile_worker._private_tasks t
          where t.id = j.task_id and j.id = (select min(id) from graphile_worker._private_jobs
            where payload->>'accountId' = ${brand.accountId})
          returning t.identifier as name, j.payload`
        if (job === undefined) return
        if (job.name === 'fall-back') await fallBack(deps, system, job.payload)
        else if (job.name === 'deliver-message') await deliverMessage(deps, system, job.payload)
      }
    },
  }
}

test('not on WhatsApp, told later: the text goes, once, however often it is told', async () => {
  const scene = await invitedOnWhatsapp()
  const failed = scene.status('failed', 'not-reachable-here', '131026')
  await scene.tell(failed, failed)
  await scene.work()
  await scene.work()
  await scene.tell(failed)
  await scene.work()
  const { messages, invite, steps, call } = await scene.rows()
  assert.deepEqual(
    messages.map((message) => [message.channel, message.status]),
    [
      ['wa', 'failed'],
      ['sms', 'sending'],
    ],
  )
  assert.deepEqual([invite!.state, invite!.channel, call.channel, call.failed_at], ['sent', 'sms', 'sms', null])
  assert.deepEqual(steps, ['invite-accepted', 'sending', 'sent', 'failed', 'sending', 'sent'])
  const learned = await stage.server.deps.db`
    select channel, reason from reachability where account_id = ${scene.brand.accountId} and address = ${scene.phone}`
  assert.deepEqual([...learned], [{ channel: 'wa', reason: 'not-reachable-here' }])
})

test('a late receipt of the first is recorded and shown, and changes nothing of the second', async () => {
  const scene = await invitedOnWhatsapp()
  await scene.tell(scene.status('failed', 'not-reachable-here'))
  await scene.work()
  await scene.tell(scene.status('delivered'))
  await scene.work()
  const { messages, invite, steps, call } = await scene.rows()
  assert.deepEqual(
    messages.map((message) => message.status),
    ['delivered', 'sending'],
  )
  assert.deepEqual([invite!.channel, call.channel, call.delivered_at], ['sms', 'sms', null])
  assert.equal(steps.at(-1), 'delivered')
  const learned = await stage.server.deps.db`
    select 1 from reachability where account_id = ${scene.brand.accountId} and address = ${scene.phone}`
  assert.equal(learned.length, 0, 'a delivery proves that WhatsApp reaches them')
})

test('it arrived after all before the next channel went: nothing more goes', async () => {
  const scene = await invitedOnWhatsapp()
  await scene.tell(scene.status('failed', 'not-reachable-here'))
  await scene.tell(scene.status('read'))
  await scene.work()
  const { messages, invite } = await scene.rows()
  assert.deepEqual([messages.length, invite!.state], [1, 'sent'])
})

test('what lies with our side of this channel, told later: the text goes, as when it is told at once', async () => {
  for (const kind of ['misconfigured', 'template-rejected', 'window-closed'] as const) {
    const scene = await invitedOnWhatsapp()
    await scene.tell(scene.status('failed', kind, '63041'))
    await scene.work()
    const { messages, invite } = await scene.rows()
    const statuses = messages.map((message) => `${message.channel} ${message.status}`)
    assert.deepEqual([statuses, invite!.state], [['wa failed', 'sms sending'], 'sent'], kind)
    const learned = await stage.server.deps.db`
      select 1 from reachability where account_id = ${scene.brand.accountId} and address = ${scene.phone}`
    assert.equal(learned.length, 0, `${kind} says nothing about the person`)
  }
})

test('what any channel would be refused for goes nowhere else', async () => {
  for (const kind of ['opted-out', 'blocked', 'content-rejected', 'expired'] as const) {
    const scene = await invitedOnWhatsapp()
    await scene.tell(scene.status('failed', kind))
    await scene.work()
    const { messages, invite } = await scene.rows()
    assert.deepEqual([messages.length, invite!.state], [1, 'failed'], kind)
  }
})

test('the invite is no longer worth sending: nothing more goes', async () => {
  const scene = await invitedOnWhatsapp()
  await stage.server.deps.db`
    update invites set expires_at = now() where account_id = ${scene.brand.accountId} and call_id = ${scene.callId}`
  await scene.tell(scene.status('failed', 'not-reachable-here'))
  await scene.work()
  assert.equal((await scene.rows()).messages.length, 1)
})

test('the consumer stopped meanwhile: nothing more goes, and the transaction says why', async () => {
  const scene = await invitedOnWhatsapp()
  await scene.tell(scene.status('failed', 'not-reachable-here'), {
    ...{ kind: 'opt-out', from: scene.phone, resume: false, evidence: 'STOP', at: null },
  })
  await scene.work()
  const { messages, steps } = await scene.rows()
  assert.equal(messages.length, 1)
  assert.ok(steps.includes('channel-skipped'))
})

test('an unclear answer on WhatsApp sends no text beside it', async () => {
  const { deps } = stage.server
  const brand = await stage.brand()
  const handoffId = await stage.twoChannels(brand)
  const { callId } = await testCall(stage.server, { ...brand, handoffId }, { channels: ['wa', 'sms'] })
  stage.provider.next('accept-and-cut')
  await inviteBy(deps, brand, callId)
  const { messages, invite } = await invitedRows(deps, brand, callId)
  assert.deepEqual([messages.length, invite!.state], [1, 'unknown'])
})

test('the template is paused between eligibility and invite: the text goes at once, and the transaction says why', async () => {
  const { deps } = stage.server
  const brand = await stage.brand()
  const handoffId = await stage.twoChannels(brand)
  const { callId } = await testCall(stage.server, { ...brand, handoffId }, { channels: ['wa', 'sms'] })
  await deps.db`update templates set status = 'paused', reason = 'LOW_QUALITY' where account_id = ${brand.accountId}`
  deps.accounts.drop(brand.accountId)
  await inviteBy(deps, brand, callId)
  const { invite, steps } = await invitedRows(deps, brand, callId)
  assert.deepEqual([invite!.state, invite!.channel], ['sent', 'sms'])
  const [skipped] = await deps.db`
    select channel, details from transaction_steps where call_id = ${callId} and step = 'channel-skipped'`
  assert.deepEqual([skipped!.channel, skipped!.details.kind], ['wa', 'template-not-approved'])
  assert.deepEqual(steps, ['invite-accepted', 'channel-skipped', 'sending', 'sent'])
})
