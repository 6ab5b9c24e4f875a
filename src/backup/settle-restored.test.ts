import assert from 'node:assert/strict'
import { appendFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { whereInDatabase } from '../../test/find-canary.ts'
import { type SendingStage, sendingStage } from '../../test/sending-stage.ts'
import { testCall } from '../../test/test-call.ts'
import { testPhone } from '../../test/test-phone.ts'
import { resolveAttempt } from '../actions/resolve-attempt.ts'
import { sweepAttempts } from '../actions/sweep-attempts.ts'
import { erasureLogOf, noteInErasureLog } from '../data-rights/erasure-log.ts'
import { reapplyErasures } from '../data-rights/reapply-erasures.ts'
import { doctor } from '../reports/doctor.ts'
import { atomic } from '../store/db.ts'
import { createOutgoing } from '../store/outgoing.ts'
import { settleRestored } from './settle-restored.ts'

let stage: SendingStage
before(async () => {
  stage = await sendingStage()
})
after(() => stage.close())

const settle = () => settleRestored(stage.server.deps, stage.server.deps.databaseTarget, null)

test('what waited to be sent is asked about at its provider, and goes out only if that has nothing', async () => {
  const { deps } = stage.server
  const brand = await stage.brand()
  const { accountId } = brand
  const waiting = () =>
    atomic(deps.db, (tx) =>
      createOutgoing(tx, accountId, {
        ...{ conversationId: null, callId: null, senderId: brand.smsSender.senderId, channel: 'sms' },
        ...{ address: testPhone(), kind: 'reply', body: 'A reply', expiresAt: null },
      }),
    )
  const [unsent, sent] = [await waiting(), await waiting()]
  // The second went out after the backup: the provider has it.
  stage.provider.accepted.push({ id: 'sent-since', token: sent.token, to: 'somebody', text: 'A reply', device: null })
  const before = stage.provider.requests.length
  assert.equal((await settle()).questioned, 2)
  await sweepAttempts(deps)
  await deps.db`update attempts set next_ask_at = clock_timestamp() where account_id = ${accountId}`
  for (const { attemptId } of [unsent, sent]) await resolveAttempt(deps, { kind: 'system', accountId }, { attemptId })
  const states = async () =>
    (await deps.db`select attempt_id, state from attempts where account_id = ${accountId}`).map((row) => [
      row.attempt_id === sent.attemptId ? 'sent' : 'unsent',
      row.state,
    ])
  assert.deepEqual((await states()).sort(), [
    ['sent', 'sent'],
    ['unsent', 'accepted'],
  ])
  assert.equal(stage.provider.requests.length, before, 'nothing went out blindly')
  assert.deepEqual(
    (await doctor(deps.db)).filter(({ grave }) => grave),
    [],
  )
})

test('erasures of after the backup are known by keyed hashes, and done again, each once', async () => {
  const { deps } = stage.server
  const { dataDir } = deps.config
  const brand = await stage.brand()
  const { accountId } = brand
  const [gone, kept] = [await testCall(stage.server, brand), await testCall(stage.server, brand)]
  const erasureId = crypto.randomUUID()
  const hashes = [deps.cipher.erasedAddress(accountId, gone.phone), deps.cipher.erasedAddress(accountId, 'unknown-id')]
  await noteInErasureLog(dataDir, { accountId, erasureId, hashes })
  // Of nobody that this database holds, of an account it does not have, and a line that was cut off.
  const empty = { accountId, erasureId: crypto.randomUUID(), hashes: ['erased:nobody'] }
  await noteInErasureLog(dataDir, empty)
  await noteInErasureLog(dataDir, { ...empty, accountId: '999999999', erasureId: crypto.randomUUID() })
  await appendFile(erasureLogOf(dataDir), '{"accountId":"1')

  assert.equal((await settle()).erased, 1)
  assert.deepEqual(await whereInDatabase(deps.db, [gone.phone.slice(1)]), [])
  assert.ok((await whereInDatabase(deps.db, [kept.phone.slice(1)])).includes('calls.consumer_phone'))
  const rows = await deps.db<{ erasure_id: string; state: string }[]>`
    select erasure_id, state from erasures where account_id = ${accountId}`
  assert.deepEqual(
    rows.map(({ erasure_id, state }) => [erasure_id, state]).sort(),
    [
      [erasureId, 'done'],
      [empty.erasureId, 'done'],
    ].sort(),
  )
  assert.deepEqual(await reapplyErasures(deps), [])
})
