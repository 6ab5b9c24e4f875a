import { demand } from '../demand.ts'
import type { Deps } from '../deps.ts'
import type { UserCaller } from '../domain/caller.ts'
import { checkFileName, keptFileName } from '../domain/check-file-name.ts'
import { mayRead, refusalOf } from '../domain/conversation-acts.ts'
import { filePath } from '../domain/file-path.ts'
import { sniffedType } from '../domain/sniffed-type.ts'
import { Problem } from '../errors.ts'
import { skillsHeld } from '../store/conversation-work.ts'
import { atomic } from '../store/db.ts'
import { countUnsentFiles, insertFile } from '../store/files.ts'
import { holdConversation } from '../store/hold-conversation.ts'

export const largestFile = 5 * 1024 * 1024
/** More than a person attaches before they send; a script would fill the disk. */
const mostUnsent = 20

export interface UploadedFile {
  readonly fileId: string
  readonly contentType: string
  readonly fileName: string
  readonly size: number
  readonly url: string
}

/**
 * Takes a file that an agent wants to send in a conversation of theirs. What it is, its own bytes say; the channel must
 * carry that, in that size. Unsent, it is kept for a day.
 * @throws Problem `forbidden`, `not-found`, `not-yours` and the other refusals of a reply, `invalid-request`, `too-large`
 */
export async function uploadFile(
  deps: Deps,
  caller: UserCaller,
  conversationId: string,
  given: { readonly bytes: Buffer; readonly declaredType: string; readonly fileName: string },
): Promise<UploadedFile> {
  demand(caller, 'conversations.reply')
  const { accountId, userId } = caller
  const { bytes, declaredType } = given
  const fileName = keptFileName(given.fileName)
  const size = bytes.length
  const account = await deps.accounts.get(accountId)
  const file = await atomic(deps.db, async (tx) => {
    const held = await skillsHeld(tx, accountId, userId)
    const conversation = await holdConversation(tx, accountId, conversationId)
    if (conversation === null || !mayRead(caller, held, conversation)) throw new Problem('not-found')
    const refusal = refusalOf('reply', caller, held, conversation)
    if (refusal !== null) throw new Problem(refusal)

    const connector = account?.senders.get(conversation.senderId)?.connector ?? ''
    const carried = deps.connectors.get(connector)?.limits.media ?? {}
    const contentType = sniffedType(bytes, declaredType)
    const faults: string[] = []
    const wrongName = checkFileName(fileName)
    if (wrongName !== null) faults.push(wrongName)
    if (Object.keys(carried).length === 0) faults.push('This channel takes no files.')
    else if (contentType === null || !Object.hasOwn(carried, contentType))
      faults.push(`This channel takes no files of this kind; it takes ${Object.keys(carried).join(', ')}.`)
    else if (size > Math.min(largestFile, carried[contentType]!)) throw new Problem('too-large')
    if ((await countUnsentFiles(tx, accountId, conversationId)) >= mostUnsent)
      faults.push(`There are ${mostUnsent} files that wait to be sent; send some of them first.`)
    if (faults.length > 0 || contentType === null) throw new Problem('invalid-request', { details: faults })
    return insertFile(tx, accountId, { conversationId, authorId: userId, contentType, fileName, bytes })
  })
  const { fileId, contentType, token } = file
  return { fileId, contentType, fileName, size, url: deps.publicUrl + filePath(accountId, token) }
}
