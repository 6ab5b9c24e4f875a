import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import type { AccountSettings } from '../src/domain/account.ts'
import { hookPath } from '../src/domain/hook-path.ts'
import { endProcess } from '../src/postgres/end-process.ts'
import { postmasterPid } from '../src/postgres/postmaster-pid.ts'
import { cipher } from '../src/store/cipher.ts'
import { type Database, openDatabase } from '../src/store/db.ts'
import { callIvr, type IvrAnswer } from './ivr-client.ts'
import { type AskedCall, compareLedgers, settled, type Tally } from './ledgers.ts'
import { type ServerProcess, serverProcess } from './server-process.ts'
import { type PostgresProxy, postgresProxy } from './simulators/postgres-proxy.ts'
import { type TcpGate, tcpGate } from './simulators/tcp-gate.ts'
import {
  type JournalEntry,
  type SpawnedTwilioSimulator,
  simulatedAccount,
  spawnTwilioSimulator,
} from './simulators/twilio/index.ts'
import { type TestBrand, testBrand } from './test-brand.ts'
import { testDatabase } from './test-database.ts'
import { freePort } from './test-server.ts'

/** A real server process (or several), its database, a Twilio that outlives it, and one brand that sends by it. */
export interface CrashStage {
  readonly brand: TestBrand
  readonly twilio: SpawnedTwilioSimulator
  /** Every connection of a server to Twilio comes by here. */
  readonly gate: TcpGate
  /** Every connection of a server to the database comes by here; absent where the server runs its own. */
  readonly proxy: PostgresProxy | null
  /** A way of the test's own to the same database, past every fault. */
  readonly db: Database
  /** The client's ledger. */
  readonly asked: readonly AskedCall[]
  /** Starts a server and waits until it is ready; again after a kill it has the same address. `place`: of several at once. */
  start(options?: { place?: number; env?: Record<string, string> }): Promise<ServerProcess>
  /** SIGKILL to the process that serves; resolves when it is gone. */
  kill(server: ServerProcess): Promise<void>
  /** Asks for eligibility: a call of a consumer who is nobody else's, unless `phone` is given. */
  call(server: ServerProcess, phone?: string): Promise<AskedCall>
  /** Asks for the invite of a call and enters the answer into the ledger; `null` when the connection was lost. */
  invite(server: ServerProcess, call: AskedCall, overrides?: Record<string, string>): Promise<IvrAnswer | null>
  /** What Twilio took for one consumer. */
  copies(phone: string): Promise<readonly JournalEntry[]>
  /** Waits until `holds`. @throws AssertionError with the time it took too long. */
  until(what: string, withinMs: number, holds: () => Promise<boolean>): Promise<number>
  attempt(call: AskedCall): Promise<{ state: string; reason: string | null; fence: number; tries: number }>
  inviteState(call: AskedCall): Promise<string | null>
  /** Waits for every attempt's end, then compares the ledgers. */
  compare(withinMs?: number): Promise<Tally>
  /** The embedded database's present postmaster. */
  postmaster(): number
}

/**
 * Sets the stage for one story; everything is cleared away with the test.
 * @param options.embedded the server runs its own PostgreSQL; else it has a database of the tests' shared one.
 * @param options.callbacks `auto`: statuses come by themselves; else they wait for `twilio.call('drain')`.
 */
export async function crashStage(
  t: TestContext,
  options: {
    embedded?: boolean
    callbacks?: 'auto' | 'manual'
    settings?: Partial<AccountSettings>
    env?: Record<string, string>
  } = {},
): Promise<CrashStage> {
  const undo: (() => Promise<unknown>)[] = []
  t.after(async () => {
    const failures: unknown[] = []
    for (const step of undo.reverse()) await step().catch((error) => failures.push(error))
    if (failures.length > 0) throw failures[0]
  })
  const folder = await mkdtemp(join(tmpdir(), 'c2m-crash-'))
  // As root, PostgreSQL runs as another user, who must be able to pass through.
  await chmod(folder, 0o711)
  undo.push(() => rm(folder, { recursive: true, force: true }))

  const twilio = await spawnTwilioSimulator({
    accounts: [simulatedAccount],
    journalPath: join(folder, 'journal.jsonl'),
    callbacks: options.callbacks ?? 'manual',
  })
  undo.push(() => twilio.stop())
  const gate = await tcpGate(twilio.baseUrl)
  undo.push(() => gate.close())

  const secretKey = randomBytes(32)
  const env: Record<string, string> = {
    C2M_SECRET_KEY: secretKey.toString('base64'),
    DANGEROUS_ALLOW_PRIVATE_NETWORKS: 'on',
    SANDBOX: 'off',
    ...options.env,
  }
  const dataDir = join(folder, 'data')
  const postmasterOf = () => {
    const running = postmasterPid(join(dataDir, 'postgres'))
    return running.state === 'live' ? running : null
  }
  let proxy: PostgresProxy | null = null
  let db: Database | undefined
  if (options.embedded === true) {
    // A server that was killed last leaves its database to the next one, which does not come.
    undo.push(async () => {
      const orphan = postmasterOf()
      if (orphan !== null) await endProcess(orphan.postmaster)
    })
  } else {
    const database = await testDatabase()
    undo.push(() => database.drop())
    db = database.open(3)
    const made = await postgresProxy(database)
    undo.push(() => made.close())
    proxy = made
    env.DATABASE_URL = made.url(database.name)
  }

  const ports: number[] = []
  const asked: AskedCall[] = []
  let calls = 0
  let first: ServerProcess | null = null
  const stage: Omit<CrashStage, 'brand' | 'db'> & { brand?: TestBrand; db?: Database } = {
    twilio,
    gate,
    proxy,
    asked,
    async start({ place = 0, env: more = {} } = {}) {
      if (first !== null) {
        const running = first
        first = null
        return running
      }
      ports[place] ??= await freePort()
      const own = options.embedded === true ? dataDir : join(folder, `server-${place}`)
      const server = await serverProcess({ env: { ...env, ...more }, dataDir: own, port: ports[place] })
      undo.push(() => server.close())
      await server.ready(60_000)
      return server
    },
    async kill(server) {
      server.signal('SIGKILL')
      await server.ended
    },
    async call(server, phone) {
      const { brand } = stage as CrashStage
      calls += 1
      const consumer = phone ?? `+1415${2_000_000 + calls}`
      const body = { consumerPhoneNumber: consumer, handoffId: brand.handoffId, skill: 'support' }
      const answer = await callIvr(server, brand, 'eligibility', { body })
      assert.equal(answer.status, 200, `eligibility: ${JSON.stringify(answer.body)}`)
      const call: AskedCall = { callId: String(answer.body.callId), phone: consumer, answers: [] }
      asked.push(call)
      return call
    },
    async invite(server, call, overrides = {}) {
      const { brand } = stage as CrashStage
      const body = { callId: call.callId, ...overrides }
      const answer = await callIvr(server, brand, 'invite', { body }).catch(() => null)
      call.answers.push(answer === null ? 'cut' : answer.status)
      return answer
    },
    async copies(phone) {
      return (await twilio.read('accepted')).filter(({ to }) => to === phone)
    },
    async until(what, withinMs, holds) {
      const began = performance.now()
      while (!(await holds())) {
        assert.ok(performance.now() - began < withinMs, `not within ${withinMs} ms: ${what}`)
        await pause(100)
      }
      return performance.now() - began
    },
    async attempt(call) {
      const { db } = stage as CrashStage
      const [row, more] = await db<{ state: string; reason: string | null; fence: number; tries: number }[]>`
        select state, unknown_reason as reason, fence, tries from attempts where call_id = ${call.callId}`
      assert.ok(row !== undefined && more === undefined, 'a call has one attempt')
      return row
    },
    async inviteState(call) {
      const { db } = stage as CrashStage
      const [row] = await db<{ state: string }[]>`select state from invites where call_id = ${call.callId}`
      return row?.state ?? null
    },
    async compare(withinMs = 60_000) {
      const { db } = stage as CrashStage
      await settled(db, withinMs)
      assert.deepEqual(await twilio.read('violations'), [])
      return compareLedgers(db, asked, await twilio.read('accepted'))
    },
    postmaster() {
      const running = postmasterOf()
      assert.ok(running !== null, 'no PostgreSQL runs')
      return running.postmaster.pid
    },
  }

  if (db === undefined) {
    // Only a running server has the embedded database: it is started now, and given to whoever first asks for one.
    first = await stage.start()
    const running = postmasterOf()
    assert.ok(running !== null, 'no PostgreSQL runs')
    const own = openDatabase({ socketDir: running.socketFolder, user: 'c2m' }, { max: 3, name: 'test' })
    undo.push(() => own.end({ timeout: 1 }))
    db = own
  }
  stage.db = db
  stage.brand = await testBrand(
    { deps: { db, cipher: cipher(secretKey) } },
    {
      smsConnector: 'sms-twilio',
      smsAddress: simulatedAccount.numbers[0],
      smsSettings: {
        accountSid: simulatedAccount.accountSid,
        apiBaseUrl: gate.baseUrl,
        lookupsBaseUrl: gate.baseUrl,
        lookUpLineType: false,
      },
      smsSecrets: { authToken: simulatedAccount.authToken },
      settings: { rateLimit: 1_000, ...options.settings },
    },
  )
  return stage as CrashStage
}

/** Where Twilio posts what consumers send to the brand's number. */
export const inboundUrl = (server: ServerProcess, brand: TestBrand): string =>
  server.url + hookPath('sms-twilio', brand.accountId, brand.smsSender.senderId)
