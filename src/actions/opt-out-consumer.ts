import { demand } from '../demand.ts'
import type { Deps } from '../deps.ts'
import type { CredentialCaller, UserCaller } from '../domain/caller.ts'
import type { Channel } from '../domain/channel.ts'
import { outsideId } from '../domain/consumer-text.ts'
import { parsePhone } from '../domain/phone.ts'
import { Problem } from '../errors.ts'
import { lockConsumer } from '../store/consumer-lock.ts'
import { atomic } from '../store/db.ts'
import { liftOptOut, recordOptOut } from '../store/opt-outs.ts'
import { returnOptOuts } from '../store/returned-consumer.ts'

export interface OptOutInput {
  /** E.164, or the consumer's id in the app when the channel is `inapp`. */
  readonly address: string
  readonly channel: Channel
  /** True: the consumer wants messages again. */
  readonly resume: boolean
  /** How the wish was told: "said so on the phone". Kept as evidence beside who recorded it. */
  readonly evidence: string
}

/**
 * Records a consumer's wish that came by another way than a message: told to an agent, on a form, by letter. Binds as a
 * STOP does, at once and for what waits too (P4); no confirmation goes out.
 * @throws Problem `forbidden`, `invalid-phone`, `invalid-request`
 */
export async function optOutConsumer(
  deps: Deps,
  caller: UserCaller | CredentialCaller,
  input: OptOutInput,
): Promise<{ changed: boolean }> {
  demand(caller, 'opt-outs.change')
  const { accountId } = caller
  const address = input.channel === 'inapp' ? outsideId(input.address) : parsePhone(input.address)
  if (address === null) throw new Problem(input.channel === 'inapp' ? 'invalid-request' : 'invalid-phone')
  const evidence = input.evidence.replaceAll('\0', '').trim()
  if (evidence === '')
    throw new Problem('invalid-request', { details: ['How the consumer told it must be said in `evidence`.'] })

  const config = await deps.accounts.get(accountId)
  const who = caller.kind === 'user' ? caller.userId : caller.credentialId
  const word = {
    address,
    channel: input.channel,
    source: caller.kind === 'user' ? 'agent' : 'api',
    evidence: `${who}: ${evidence}`,
    senderId: null,
  } as const
  return atomic(deps.db, async (tx) => {
    await lockConsumer(tx, accountId, address)
    await returnOptOuts(tx, deps.cipher, accountId, { address, alsoKnownAs: [] })
    if (input.resume) return liftOptOut(tx, accountId, word)
    return recordOptOut(tx, accountId, { ...word, scope: config?.settings?.optOutScope ?? 'all' })
  })
}
