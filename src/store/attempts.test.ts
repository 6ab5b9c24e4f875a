import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import test, { after, before } from 'node:test'
import { type SendingStage, sendingStage } from '../../test/sending-stage.ts'
import { testPhone } from '../../test/test-phone.ts'
import { claimAttempt, loadAttempt } from './attempts.ts'
import { atomic, type DbOrTx } from './db.ts'
import { createOutgoing } from './outgoing.ts'

let stage: SendingStage
before(async () => {
  stage = await sendingStage()
  const { db } = stage.server.deps
  // A clock that goes on by a second whenever it is read: two readings in one statement show.
  await db.unsafe(`
    create schema slow;
    create sequence slow.readings;
    create function slow.clock_timestamp() returns timestamptz volatile language sql as $$
      select pg_catalog.clock_timestamp() + make_interval(secs => nextval('slow.readings')) $$`)
})
after(() => stage.close())

const onSlowClock = <T>(work: (tx: DbOrTx) => Promise<T>): Promise<T> =>
  atomic(stage.server.deps.db, async (tx) => {
    await tx`set local search_path = slow, pg_catalog, public`
    return work(tx)
  })

test('a lease is as long as it says, however long the statement that begins it takes', async () => {
  const { db } = stage.server.deps
  const { accountId, smsSender } = await stage.brand()
  const reply = (claimedBy: string | null) =>
    onSlowClock((tx) =>
      createOutgoing(tx, accountId, {
        ...{ conversationId: null, callId: null, senderId: smsSender.senderId, channel: 'sms', kind: 'reply' },
        ...{ address: testPhone(), body: 'A reply', expiresAt: null, claimedBy },
      }),
    )
  const bornClaimed = await reply(randomUUID())
  const waiting = await reply(null)
  const attempt = await loadAttempt(db, accountId, waiting.attemptId)
  assert.notEqual(await onSlowClock((tx) => claimAttempt(tx, attempt!, randomUUID())), null)
  for (const { attemptId } of [bornClaimed, waiting]) {
    const [lease] = await db`
      select extract(epoch from lease_until - claimed_at)::float8 as seconds from attempts where attempt_id = ${attemptId}`
    assert.equal(lease!.seconds, 20)
  }
})
