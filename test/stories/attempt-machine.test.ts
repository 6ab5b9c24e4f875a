import assert from 'node:assert/strict'
import test, { after, before } from 'node:test'
import fc from 'fast-check'
import { deliverMessage } from '../../src/actions/deliver-message.ts'
import { resolveAttempt } from '../../src/actions/resolve-attempt.ts'
import { sweepAttempts } from '../../src/actions/sweep-attempts.ts'
import type { Deps } from '../../src/deps.ts'
import { lockConsumer } from '../../src/store/consumer-lock.ts'
import { atomic } from '../../src/store/db.ts'
import { advanceMessage } from '../../src/store/message-status.ts'
import { recordOptOut } from '../../src/store/opt-outs.ts'
import { createOutgoing } from '../../src/store/outgoing.ts'
import { type SendingStage, sendingStage } from '../sending-stage.ts'
import type { PlainAnswer, PlainMessage } from '../simulators/plain-provider.ts'
import type { TestBrand } from '../test-brand.ts'
import { testPhone } from '../test-phone.ts'

/**
 * The attempt's state machine against everything that can happen to it in any order: processes that die or fall asleep
 * before or after the call, providers that lose their answers, callbacks at any time, sweeps, questions, opt-outs, the end
 * of its life. Promises P1 and P3: the provider never holds two copies, and no accepted message is forgotten.
 */
let stage: SendingStage
let brand: TestBrand
before(async () => {
  stage = await sendingStage({ env: { LOG_LEVEL: 'error' } })
  brand = await stage.brand()
})
after(() => stage.close())

type Fate = 'lives' | 'dies-before' | 'dies-after' | 'sleeps-before' | 'sleeps-after'
type Event =
  | { readonly kind: 'deliver'; readonly answer: PlainAnswer; readonly fate: Fate }
  | { readonly kind: 'callback'; readonly status: 'sending' | 'sent' | 'delivered' | 'failed' }
  | { readonly kind: 'wake' | 'take-over' | 'lease-over' | 'sweep' | 'ask' | 'due' | 'opt-out' | 'expire' }

const answers = fc.constantFrom<PlainAnswer>(
  'accept',
  'accept-and-cut',
  'accept-and-fail',
  'fail',
  { refuse: 'blocked' },
  { throttle: 0 },
)
const fates = fc.constantFrom<Fate>('lives', 'dies-before', 'dies-after', 'sleeps-before', 'sleeps-after')
const events: fc.Arbitrary<Event> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('deliver' as const), answer: answers, fate: fates }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('callback' as const),
      status: fc.constantFrom('sending' as const, 'sent' as const, 'delivered' as const, 'failed' as const),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'wake' as const,
        'lease-over' as const,
        'sweep' as const,
        'ask' as const,
        'due' as const,
        'take-over' as const,
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('opt-out' as const, 'expire' as const) }) },
)

/** One message on its way, and the processes that hold it or think they do. */
class Journey {
  readonly #deps = stage.server.deps
  readonly #system = { kind: 'system', accountId: brand.accountId } as const
  readonly phone = testPhone()
  attemptId = ''
  messageId = ''
  token = ''
  readonly #sleepers: { wake(): void; readonly done: Promise<void> }[] = []
  /** By how much the clocks of processes that hold or slept have gone on unnoticed. */
  #slept = 0

  async begin(): Promise<void> {
    const created = await atomic(this.#deps.db, (tx) =>
      createOutgoing(tx, brand.accountId, {
        conversationId: null,
        callId: null,
        senderId: brand.smsSender.senderId,
        channel: 'sms',
        address: this.phone,
        kind: 'reply',
        body: 'A reply',
        expiresAt: null,
      }),
    )
    Object.assign(this, created)
  }

  copies(): readonly PlainMessage[] {
    return stage.provider.accepted.filter((message) => message.token === this.token)
  }

  async state(): Promise<string> {
    const [row] = await this.#deps.db`select state from attempts where attempt_id = ${this.attemptId}`
    return row!.state
  }

  async happen(event: Event): Promise<void> {
    const { db } = this.#deps
    switch (event.kind) {
      case 'deliver':
        return this.#deliver(event.answer, event.fate)
      case 'callback':
        for (const { id } of this.copies()) {
          const failure = event.status === 'failed' ? ({ kind: 'blocked', providerCode: null } as const) : null
          const change = { status: event.status, at: new Date(), providerId: id, failure }
          await atomic(db, (tx) => advanceMessage(tx, brand.accountId, this.messageId, change))
        }
        return
      case 'wake': {
        const sleeper = this.#sleepers.shift()
        sleeper?.wake()
        return sleeper?.done
      }
      case 'lease-over':
        this.#slept += 60_000
        await db`update attempts set lease_until = clock_timestamp() where attempt_id = ${this.attemptId} and state = 'claimed'`
        return
      case 'take-over':
        return this.takeOver()
      case 'sweep':
        await sweepAttempts(this.#deps)
        return
      case 'ask':
        await db`update attempts set next_ask_at = now() where attempt_id = ${this.attemptId} and state = 'unknown'`
        return resolveAttempt(this.#deps, this.#system, { attemptId: this.attemptId })
      case 'due':
        await db`update attempts set next_try_at = now() where attempt_id = ${this.attemptId} and state = 'accepted'`
        return
      case 'opt-out':
        return this.#optOut()
      case 'expire':
        await db`update attempts set expires_at = now() where attempt_id = ${this.attemptId}`
    }
  }

  /** A process of its own delivers; what becomes of it does not hold up the others. */
  async #deliver(answer: PlainAnswer, fate: Fate): Promise<void> {
    const gate = Promise.withResolvers<void>()
    const stopped = Promise.withResolvers<void>()
    const pause = async (at: 'before' | 'after') => {
      if (fate !== `dies-${at}` && fate !== `sleeps-${at}`) return
      stopped.resolve()
      await gate.promise
    }
    const real = this.#deps.connectors.get('sms-plain')!
    const began = this.#slept
    const deps: Deps = {
      ...this.#deps,
      clock: { now: () => new Date(), monotonic: () => performance.now() + this.#slept - began },
      connectors: new Map([
        [
          'sms-plain',
          {
            ...real,
            async send(...given) {
              await pause('before')
              stage.provider.next(answer)
              const requests = stage.provider.requests.length
              try {
                return await real.send(...given)
              } finally {
                if (stage.provider.requests.length === requests) stage.provider.forget()
                await pause('after')
              }
            },
          },
        ],
      ]),
    }
    const done = deliverMessage(deps, this.#system, { attemptId: this.attemptId })
    if (fate.startsWith('sleeps')) this.#sleepers.push({ wake: gate.resolve, done })
    await Promise.race([done, stopped.promise])
  }

  async #optOut(): Promise<void> {
    await atomic(this.#deps.db, async (tx) => {
      await lockConsumer(tx, brand.accountId, this.phone)
      await recordOptOut(tx, brand.accountId, {
        address: this.phone,
        channel: 'sms',
        scope: 'channel',
        source: 'keyword',
        evidence: 'STOP',
        senderId: null,
      })
    })
  }

  /** What the others do when a lease is over: find it, ask, deliver. */
  async takeOver(): Promise<void> {
    for (const kind of ['lease-over', 'sweep', 'ask', 'due'] as const) await this.happen({ kind })
    await this.happen({ kind: 'deliver', answer: 'accept', fate: 'lives' })
  }

  /** Everything settles: dead holders are found, questions asked, waiting ones delivered by a process that lives. */
  async settle(): Promise<void> {
    for (let round = 0; round < 8; round += 1) {
      await this.takeOver()
      // Sleepers wake last: after somebody else has done their work.
      await this.happen({ kind: 'wake' })
    }
  }
}

const ends: Readonly<Record<string, number>> = {
  sent: 1,
  rejected: 0,
  expired: 0,
  'opted-out': 0,
  // This provider can be asked, so what it has is found.
  'gave-up': 0,
}

test('in any order of events: never two copies, and every message comes to an end that fits', {
  timeout: 120_000,
}, async () => {
  const seen = new Set<string>()
  await fc.assert(
    fc.asyncProperty(fc.array(events, { minLength: 2, maxLength: 12 }), async (story) => {
      const journey = new Journey()
      await journey.begin()
      for (const event of story) {
        await journey.happen(event)
        assert.ok(journey.copies().length <= 1, `two copies after ${JSON.stringify(event)}`)
      }
      await journey.settle()
      const state = await journey.state()
      seen.add(state)
      assert.equal(journey.copies().length, ends[state], `ended as ${state}`)
    }),
    { numRuns: 40 },
  )
  assert.ok(seen.size >= 3, `the stories ended in ${[...seen]}: too few to prove much`)
})
