import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { whereInDatabase } from '../../test/find-canary.ts'
import { inviteBy, type SendingStage, sendingStage } from '../../test/sending-stage.ts'
import type { PlainAnswer } from '../../test/simulators/plain-provider.ts'
import type { TestBrand } from '../../test/test-brand.ts'
import { testCall } from '../../test/test-call.ts'
import { testPhone } from '../../test/test-phone.ts'
import { deliverMessage } from '../actions/deliver-message.ts'
import { erasePerson } from '../actions/erase-person.ts'
import { requestErasure } from '../actions/request-erasure.ts'
import { doctor } from '../reports/doctor.ts'
import { atomic } from '../store/db.ts'
import { createOutgoing } from '../store/outgoing.ts'

let stage: SendingStage
before(async () => {
  stage = await sendingStage()
})
after(() => stage.close())

const ask = (brand: TestBrand, phone: string) =>
  requestErasure(
    stage.server.deps,
    { kind: 'credential', accountId: brand.accountId, credentialId: 'systems', privileges: ['admin'] },
    { phone, consumerId: null, linked: true },
  )
const erase = (brand: TestBrand, asked: { erasureId: string }) =>
  erasePerson(stage.server.deps, { kind: 'system', accountId: brand.accountId }, asked)
const stateOf = async ({ erasureId }: { erasureId: string }) =>
  (await stage.server.deps.db`select state from erasures where erasure_id = ${erasureId}`)[0]!.state as string

/** An invite whose provider has got the request and thinks until it is told to go on. */
async function sending(end: PlainAnswer) {
  const brand = await stage.brand()
  const call = await testCall(stage.server, brand)
  const [begun, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const wait = () => {
    begun.resolve()
    return goOn.promise
  }
  stage.provider.next({ wait, end })
  const invited = inviteBy(stage.server.deps, brand, call.callId)
  await begun.promise
  return { brand, phone: call.phone, invited, goOn }
}

test('a send under way is waited for: it is settled first, and then erased with the rest', async () => {
  const { brand, phone, invited, goOn } = await sending('accept')
  const asked = await ask(brand, phone)
  let over = false
  const erasing = erase(brand, asked).then(() => {
    over = true
  })
  while ((await stateOf(asked)) === 'waiting') await pause(10)
  // Several looks long.
  await pause(600)
  assert.equal(over, false, 'the provider is still being called')
  goOn.resolve()
  await Promise.all([invited, erasing])
  assert.equal(stage.provider.accepted.filter(({ to }) => to === phone).length, 1)
  assert.deepEqual(await whereInDatabase(stage.server.deps.db, [phone.slice(1)]), [])
  const [call] = await stage.server.deps.db`select sent_at from calls where account_id = ${brand.accountId}`
  assert.ok(call!.sent_at !== null, 'what was sent stays counted')
})

test('a holder whose lease is over is not waited for, and what it learns afterwards is not written', async () => {
  const { brand, phone, invited, goOn } = await sending({ knownAs: 'US.77qzx41' })
  const { db } = stage.server.deps
  await db`update attempts set lease_until = clock_timestamp() where account_id = ${brand.accountId}`
  await erase(brand, await ask(brand, phone))
  goOn.resolve()
  await invited
  assert.deepEqual(await whereInDatabase(db, [phone.slice(1), 'US.77qzx41']), [])
})

test('what waits to be sent is sent to nobody any more', async () => {
  const brand = await stage.brand()
  const { deps } = stage.server
  const phone = testPhone()
  const { attemptId } = await atomic(deps.db, (tx) =>
    createOutgoing(tx, brand.accountId, {
      ...{ conversationId: null, callId: null, senderId: brand.smsSender.senderId, channel: 'sms', address: phone },
      ...{ kind: 'reply', body: 'A reply', expiresAt: null },
    }),
  )
  await erase(brand, await ask(brand, phone))
  await deliverMessage(deps, { kind: 'system', accountId: brand.accountId }, { attemptId })
  assert.equal(stage.provider.requests.filter(({ to }) => to === phone).length, 0)
  assert.deepEqual(
    (await doctor(deps.db)).filter(({ grave }) => grave),
    [],
  )
})
