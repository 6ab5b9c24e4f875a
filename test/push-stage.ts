import assert from 'node:assert/strict'
import { after, afterEach } from 'node:test'
import type { Connector, Outgoing, PushDevice, Sent } from '../src/channels/connector.ts'
import type { FailureKind, SendFailure } from '../src/channels/failures.ts'
import type { Exchange } from '../src/channels/http.ts'
import { closeHttp2Connections } from '../src/channels/http2-connections.ts'
import { closeOutboundAgents } from '../src/channels/outbound-agent.ts'
import type { Sender } from '../src/domain/sender.ts'
import { failureOf } from './failure-of.ts'
import { secretNames } from './sender-settings.ts'
import { push, pushSender, pushWayOut } from './simulators/push/simulated-push.ts'

/** A connector at its simulated push service, for the tests of one file. */
export interface PushStage<Fault> {
  /** An app of ours there, with more or other settings. */
  newSender(settings?: Readonly<Record<string, unknown>>): Sender
  readonly sender: Sender
  /** Pushes to the stage's device. */
  send(changes?: Partial<Outgoing>, from?: Sender, timeoutMs?: number): Promise<Sent>
  /** The same for what must fail. */
  failure(changes?: Partial<Outgoing>, from?: Sender, timeoutMs?: number): Promise<SendFailure>
  kindAfter(rule: Fault): Promise<FailureKind>
  /** Under each of these a push may have gone out or not, and is not sent again. @param requests how many came so far. */
  assertUnknown(rules: readonly Fault[], requests: () => number): Promise<void>
  /** What every way out so far recorded. */
  exchanges(): readonly Exchange[]
}

/**
 * After each test the simulator forgets it.
 * @param settings of an app; asked anew for each sender.
 */
export function pushStage<Fault>(
  connector: Connector,
  simulator: { fault(rule: Fault): void; release(): void; reset(): void; close(): Promise<void> },
  device: Pick<PushDevice, 'platform' | 'token'>,
  settings: () => Readonly<Record<string, unknown>>,
): PushStage<Fault> {
  const recorded: (readonly Exchange[])[] = []
  const newSender: PushStage<Fault>['newSender'] = (more = {}) => pushSender(connector.name, { ...settings(), ...more })
  const sender = newSender()
  const send: PushStage<Fault>['send'] = async (changes, from = sender, timeoutMs = 5000) => {
    const secrets = secretNames(connector.settings)
      .map((name) => String(from.settings[name] ?? ''))
      .filter((secret) => secret !== '')
    const { http, exchanges } = pushWayOut(secrets, timeoutMs)
    recorded.push(exchanges)
    return connector.send(push(device, changes), from, http)
  }
  const failure: PushStage<Fault>['failure'] = (...given) => failureOf(send(...given))

  afterEach(() => simulator.reset())
  after(async () => {
    await Promise.all([closeHttp2Connections(), closeOutboundAgents()])
    await simulator.close()
  })
  return {
    ...{ newSender, sender, send, failure },
    async kindAfter(rule) {
      simulator.fault(rule)
      return (await failure()).kind
    },
    async assertUnknown(rules, requests) {
      for (const rule of rules) {
        const before = requests()
        simulator.fault(rule)
        assert.equal((await failure({}, sender, 700)).kind, 'unknown-outcome', JSON.stringify(rule))
        assert.equal(requests(), before + 1)
        simulator.release()
      }
    },
    exchanges: () => recorded.flat(),
  }
}
