import assert from 'node:assert/strict'
import { after, afterEach } from 'node:test'
import type { Connector, Outgoing } from '../src/channels/connector.ts'
import type { SendFailure } from '../src/channels/failures.ts'
import type { Exchange, OutboundHttp } from '../src/channels/http.ts'
import type { Sender } from '../src/domain/sender.ts'
import { failureOf } from './failure-of.ts'
import {
  type MetaSimulator,
  type SimulatedBusiness,
  simulatedBusiness,
  simulatedWaSender,
  startMetaSimulator,
  waConsumer,
  waWayOut,
} from './simulators/meta/index.ts'
import {
  simulatedAccount,
  simulatedSender,
  simulatedWayOut,
  startTwilioSimulator,
  type TwilioSimulator,
} from './simulators/twilio/index.ts'

type SenderOf = (baseUrl: string, settings?: Readonly<Record<string, unknown>>) => Sender
type WayOut = { readonly http: OutboundHttp; readonly exchanges: readonly Exchange[] }

/** A simulated provider for the tests of one file, and a sender of ours there. */
export interface ProviderStage<S extends TwilioSimulator | MetaSimulator> {
  readonly simulator: S
  /** With more or other settings. */
  sender(settings?: Readonly<Record<string, unknown>>): Sender
  http(timeoutMs?: number): OutboundHttp
  /** The same with what it recorded. */
  wayOut(timeoutMs?: number): WayOut
  /** Sends what must fail. @param baseUrl where the provider is thought to be; default: where it is. */
  failure(connector: Connector, out: Outgoing, baseUrl?: string): Promise<SendFailure>
  /** What every way out so far recorded. */
  exchanges(): readonly Exchange[]
}

/** Twilio with `simulatedAccount`. @param senderOf which of our senders there; default: the one for SMS. */
export async function twilioStage(senderOf: SenderOf = simulatedSender): Promise<ProviderStage<TwilioSimulator>> {
  return providerStage(await startTwilioSimulator({ accounts: [simulatedAccount] }), senderOf, simulatedWayOut)
}

/** Meta with one business, whose consumer is an ordinary one when a test begins. */
export async function metaStage(
  business: SimulatedBusiness = simulatedBusiness,
): Promise<ProviderStage<MetaSimulator>> {
  const simulator = await startMetaSimulator({ businesses: [business] })
  afterEach(() => simulator.persona(waConsumer, 'whatsapp'))
  return providerStage(simulator, simulatedWaSender, waWayOut)
}

/** After each test all its requests must have been as the provider's own description wants them, and are forgotten. */
function providerStage<S extends TwilioSimulator | MetaSimulator>(
  simulator: S,
  senderOf: SenderOf,
  wayOutOf: (baseUrl: string, timeoutMs?: number) => WayOut,
): ProviderStage<S> {
  const recorded: (readonly Exchange[])[] = []
  const wayOutTo = (baseUrl: string, timeoutMs?: number) => {
    const out = wayOutOf(baseUrl, timeoutMs)
    recorded.push(out.exchanges)
    return out
  }
  afterEach(() => {
    assert.deepEqual(simulator.violations, [])
    simulator.reset()
  })
  after(() => simulator.close())
  return {
    simulator,
    sender: (settings) => senderOf(simulator.baseUrl, settings),
    http: (timeoutMs) => wayOutTo(simulator.baseUrl, timeoutMs).http,
    wayOut: (timeoutMs) => wayOutTo(simulator.baseUrl, timeoutMs),
    failure: (connector, out, baseUrl = simulator.baseUrl) =>
      failureOf(connector.send(out, senderOf(baseUrl), wayOutTo(baseUrl).http)),
    exchanges: () => recorded.flat(),
  }
}
