import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import type { Connector, HeardFailure, Outgoing, RawHook } from '../src/channels/connector.ts'
import type { FailureKind } from '../src/channels/failures.ts'
import { twilioStage } from './provider-stage.ts'
import { outgoing, simulatedAccount, simulatedSender, twilioSignature } from './simulators/twilio/index.ts'

/** A connector at simulated Twilio, with the deeds that bring its failures about. */
export async function twilioConnector(connector: Connector, senderOf = simulatedSender) {
  const stage = await twilioStage(senderOf)
  const { simulator, sender, http } = stage

  async function kindOfSend(out: Partial<Outgoing> = {}, baseUrl?: string): Promise<FailureKind> {
    return (await stage.failure(connector, outgoing(out), baseUrl)).kind
  }

  /** Sends, lets the message end with `errorCode`, and reads the last callback. */
  async function endedWith(errorCode: number, channelStatusMessage?: string): Promise<HeardFailure> {
    const words = channelStatusMessage === undefined ? {} : { channelStatusMessage }
    simulator.fault({ phase: 'status', do: 'end', status: 'undelivered', errorCode, ...words })
    await connector.send(outgoing(), sender(), http())
    await simulator.drain()
    const { url, params } = simulator.webhooks.at(-1)!
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const body = Buffer.from(new URLSearchParams({ ...params }).toString())
    const [heard] = connector.hooks!.parse({ method: 'POST', url, headers, body }, sender())
    assert.ok(heard?.kind === 'status' && heard.failure !== null)
    return heard.failure
  }

  return {
    ...{ ...stage, kindOfSend, endedWith },
    kindEndedWith: async (errorCode: number) => (await endedWith(errorCode)).kind,
    /** Sends, and is answered with this error. */
    refusedWith(status: number, code: number): Promise<FailureKind> {
      simulator.fault({ phase: 'api', do: 'error', status, code })
      return kindOfSend()
    },
  }
}

/** The hook as Twilio signs it, or with another token: a JSON body by its hash in the URL. */
export function signedByTwilio(hook: RawHook, genuine: boolean): RawHook {
  const token = genuine ? simulatedAccount.authToken : 'another-token'
  const isJson = hook.headers['content-type'] === 'application/json'
  const url = isJson ? `${hook.url}?bodySHA256=${createHash('sha256').update(hook.body).digest('hex')}` : hook.url
  const fields = isJson ? {} : Object.fromEntries(new URLSearchParams(hook.body.toString()))
  return { ...hook, url, headers: { ...hook.headers, 'x-twilio-signature': twilioSignature(token, url, fields) } }
}
