import { randomInt } from 'node:crypto'
import type { Deps } from '../deps.ts'
import type { Caller } from '../domain/caller.ts'
import { checkHandoff, draftOf, type HandoffDraft } from '../domain/check-handoff.ts'
import { checkName } from '../domain/check-name.ts'
import { inviteTtlSeconds, lookbackMinutes } from '../domain/handoff.ts'
import { Problem } from '../errors.ts'
import { actorOf, recordAudit } from '../store/audit.ts'
import { changeAccount } from '../store/change-account.ts'
import { keepVersion } from '../store/handoff-versions.ts'
import { insertHandoff, updateHandoff } from '../store/handoffs.ts'

export type SavedHandoff = HandoffDraft & { readonly handoffId: string; readonly warnings: readonly string[] }

/** What a handoff is when nothing is said (design section 8). */
const blank: HandoffDraft = {
  title: '',
  enabled: true,
  lookbackMinutes: lookbackMinutes.default,
  channels: [],
  skills: null,
  routeAllWithinLookback: false,
  openConversation: 'refuse',
  inviteTtlSeconds: inviteTtlSeconds.default,
}

/**
 * Adds a handoff (`handoffId` null: one is made) or changes the parts given; channels are replaced as a whole.
 * `warnings` are what an administrator should know though it was saved.
 * @throws Problem `not-found`, `invalid-request` with a sentence for each fault; NameTaken
 */
export async function saveHandoff(
  deps: Deps,
  caller: Caller,
  accountId: string,
  handoffId: string | null,
  change: Partial<HandoffDraft>,
): Promise<SavedHandoff> {
  return changeAccount(deps, caller, accountId, async (tx, config) => {
    const before = handoffId === null ? null : config.handoffs.get(handoffId)
    if (before === undefined) throw new Problem('not-found')
    const draft = { ...(before === null ? blank : draftOf(before)), ...change }
    const id = before?.handoffId ?? `H${String(randomInt(2 ** 47)).padStart(15, '0')}`
    const { faults, warnings, handoff } = checkHandoff(id, draft, config)
    const wrongTitle = checkName('The title', draft.title)
    // Switching off must work even when what the handoff rests on has gone bad meanwhile.
    const switchesOff = before !== null && change.enabled === false && Object.keys(change).length === 1
    const all = switchesOff ? [] : wrongTitle === null ? faults : [...new Set([wrongTitle, ...faults])]
    if (all.length > 0) throw new Problem('invalid-request', { details: all })

    const state = draftOf(handoff)
    const left = before === null ? null : draftOf(before)
    if (before === null) await insertHandoff(tx, accountId, handoff)
    await keepVersion(tx, accountId, id, actorOf(caller), { before: left, after: state })
    if (before !== null) await updateHandoff(tx, accountId, handoff)
    const after = { handoffId: id, ...state }
    await recordAudit(tx, accountId, caller, {
      action: before === null ? 'handoff.create' : 'handoff.change',
      subject: id,
      before: before && { handoffId: id, ...draftOf(before) },
      after,
    })
    return { ...after, warnings }
  })
}
