import { demand } from '../demand.ts'
import type { Deps } from '../deps.ts'
import type { CredentialCaller } from '../domain/caller.ts'
import { outsideId } from '../domain/consumer-text.ts'
import type { Vouched } from '../domain/device.ts'
import { Problem } from '../errors.ts'

/**
 * The brand's backend says who uses its app; it alone has signed them in.
 * @param input.app a sender's id, or the app's name, which may stand for one sender a push service.
 * @throws Problem `forbidden`, `invalid-request`, `not-found` when the account has no such app or it is switched off.
 */
export async function vouchConsumer(
  deps: Deps,
  caller: CredentialCaller,
  input: { readonly consumerId: string; readonly app: string },
): Promise<Vouched> {
  demand(caller, 'consumers.vouch')
  const consumerId = outsideId(input.consumerId)
  if (consumerId === null)
    throw new Problem('invalid-request', { details: ['consumerId must be one line of at most 255 characters'] })
  const account = await deps.accounts.get(caller.accountId)
  const senderIds = [...(account?.senders.values() ?? [])]
    .filter((sender) => sender.channel === 'inapp' && sender.enabled)
    .filter((sender) => sender.senderId === input.app || sender.address === input.app)
    .map((sender) => sender.senderId)
  if (senderIds.length === 0) throw new Problem('not-found', { details: ['The account has no such app.'] })
  return { accountId: caller.accountId, consumerId, senderIds }
}
