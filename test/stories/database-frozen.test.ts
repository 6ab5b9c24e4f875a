import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { type CrashStage, crashStage } from '../crash-stage.ts'
import { appJwt, callIvr, eligibilityBody, type IvrAnswer, readAnswer } from '../ivr-client.ts'
import type { ServerProcess } from '../server-process.ts'

/** Milliseconds. Long, so that one limit is told from two on any machine. */
const deadlineMs = 4_000
/** An answer that has not come by then does not come. */
const neverMs = 60_000
/** No brand has it, so no process knows its configuration: it must be asked for. */
const unknownAccount = '99999999'

test('DB-04: the database freezes: every door of the contract says 503 within its limit; thawed, what was refused is not sent', {
  timeout: 240_000,
  skip: process.platform === 'linux' ? false : "the database's processes are found in /proc",
}, async (t) => {
  const limit = String(deadlineMs)
  const stage = await crashStage(t, {
    embedded: true,
    env: { ELIGIBILITY_DEADLINE_MS: limit, INVITE_DEADLINE_MS: limit },
  })
  const server = await stage.start()
  const authorization = `Bearer ${await appJwt(server, stage.brand)}`
  const [repeated, dropped] = [await stage.call(server), await stage.call(server)]
  const asked = doors(stage, server, { authorization })

  const thaw = freezeDatabase(stage)
  const answers = await Promise.all([
    asked.invite(repeated.callId),
    asked.invite(dropped.callId),
    asked.eligibility(),
    asked.eligibilityOfUnknown(),
    asked.token(),
    asked.domain(),
  ]).finally(thaw)
  for (const { name, answer, ms } of answers) {
    t.diagnostic(`${name}: ${answer?.status} after ${Math.round(ms)} ms`)
    assert.ok(answer !== null, `${name} was never answered`)
    assert.equal(answer.status, 503, name)
    assert.equal(answer.headers.get('retry-after'), '1', name)
    assert.ok(ms < 2 * deadlineMs, `${name} waited for its limit twice: ${ms} ms`)
  }

  const again = await callIvr(server, stage.brand, 'invite', {
    body: { callId: repeated.callId },
    headers: { authorization },
  })
  repeated.answers.push(again.status)
  assert.equal(again.status, 200, 'a repetition is safe')
  // Whatever the refused requests still do is done before this one's answer: it is given to the database behind them.
  const later = await stage.call(server)
  assert.equal((await stage.invite(server, later))?.status, 200)
  await stage.compare()
  assert.equal((await stage.copies(repeated.phone)).length, 1)
  assert.equal((await stage.copies(dropped.phone)).length, 0, 'nobody waits for it any more')
  assert.equal(await stage.inviteState(dropped), null)
})

interface Asked {
  readonly name: string
  /** Null: none came. */
  readonly answer: IvrAnswer | null
  readonly ms: number
}

function doors(stage: CrashStage, server: ServerProcess, headers: { authorization: string }) {
  const { brand } = stage
  const ask = async (name: string, answering: Promise<IvrAnswer>): Promise<Asked> => {
    const since = performance.now()
    let timer: NodeJS.Timeout | undefined
    const never = new Promise<null>((resolve) => {
      timer = setTimeout(() => resolve(null), neverMs)
    })
    const answer = await Promise.race([answering, never])
    clearTimeout(timer)
    return { name, answer, ms: performance.now() - since }
  }
  const eligibility = (accountId: string) =>
    callIvr(server, brand, 'eligibility', { body: eligibilityBody(brand), headers, accountId })
  const form = { grant_type: 'client_credentials', client_id: 'somebody', client_secret: 'something' }
  return {
    invite: (callId: string) => ask('invite', callIvr(server, brand, 'invite', { body: { callId }, headers })),
    eligibility: () => ask('eligibility', eligibility(brand.accountId)),
    eligibilityOfUnknown: () => ask('eligibility of an account to be loaded', eligibility(unknownAccount)),
    token: () =>
      ask(
        'token',
        fetch(`${server.url}/sentinel/api/v2/account/${unknownAccount}/app/token`, {
          method: 'POST',
          body: new URLSearchParams(form),
        }).then(readAnswer),
      ),
    domain: () =>
      ask(
        'domain lookup',
        fetch(`${server.url}/api/account/${unknownAccount}/service/baseURI.json?version=1.0`).then(readAnswer),
      ),
  }
}

/** Stops the database and all that work for it. @returns lets them go on. */
function freezeDatabase(stage: CrashStage): () => void {
  const postmaster = stage.postmaster()
  const parentOf = (pid: string) => {
    try {
      return Number(/\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'latin1'))?.[1])
    } catch {
      return null
    }
  }
  // The postmaster first: it makes no more of them meanwhile.
  process.kill(postmaster, 'SIGSTOP')
  const backends = readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name) && parentOf(name) === postmaster)
  const frozen = [postmaster, ...backends.map(Number)]
  for (const pid of frozen) process.kill(pid, 'SIGSTOP')
  return () => {
    for (const pid of frozen) process.kill(pid, 'SIGCONT')
  }
}
