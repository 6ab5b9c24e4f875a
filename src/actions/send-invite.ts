import { handOver } from '../channels/hand-over.ts'
import type { Deps } from '../deps.ts'
import type { AccountConfig } from '../domain/account.ts'
import { backoffMs } from '../domain/attempt.ts'
import type { Call } from '../domain/call.ts'
import type { CredentialCaller } from '../domain/caller.ts'
import { type Channel, channelNamed } from '../domain/channel.ts'
import type { Handoff } from '../domain/handoff.ts'
import { inviteRefusals, longestSmsText, overrideSkillId } from '../domain/invite.ts'
import { isStorable } from '../domain/outside-data.ts'
import { Problem } from '../errors.ts'
import { type AcceptedInvite, acceptInvite, type InviteOrder, type RefusedInvite } from '../store/accept-invite.ts'
import { answerWithin } from '../store/answer-within.ts'
import { type Attempt, claimStands, loadAttempt } from '../store/attempts.ts'
import { Unanswered } from '../store/batch.ts'
import { loadFreshCall } from '../store/calls.ts'
import { atomic, type Tx } from '../store/db.ts'
import { isInvited } from '../store/invites.ts'
import { openDevice } from '../store/push-targets.ts'
import { settleAttempt } from '../store/settle-attempt.ts'

export interface InviteInput {
  readonly callId: string
  readonly overrideChannel?: string
  readonly overrideMessage?: string
  readonly overrideSkill?: string
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/**
 * The IVR says: offer it. The intent is committed first, with an attempt that this process holds; then the send runs inside
 * the request up to its deadline, and on behind the answer. Accepted by the provider, still running or unknown: 200.
 * Definitely refused on every channel of the call: `cannot-send`. A repetition sends nothing while the first is sending,
 * sent or unknown (promise P2); after a definite failure it begins a new round.
 * Until the intent is known to be committed, a database that hangs makes it fail by the same deadline: a caller waits. What
 * is not committed by then is given up; what the database takes after all is sent, and the repetition finds it.
 * @throws Problem `invalid-request`, `no-internal-user`, `no-internal-app`, `no-settings`, `not-found`, `no-handoff`,
 * `no-override-channel`, `no-override-skill`, `cannot-send`; `Unanswered`.
 */
export async function sendInvite(
  deps: Deps,
  caller: CredentialCaller,
  input: InviteInput,
): Promise<{ callId: string }> {
  const deadline = deps.clock.monotonic() + deps.config.inviteDeadlineMs
  checkInput(input)
  const callId = input.callId.toLowerCase()
  const patience: Patience = { over: false }
  const accepting = acceptCall(deps, caller.accountId, { ...input, callId }, patience)
  // Behind the answer if need be: what is committed after all must go.
  const sending = accepting
    .then((accepted) => (accepted === 'repeated' ? accepted : sendOn(deps, accepted)))
    .finally(() => deps.background.delete(sending))
  deps.background.add(sending)
  sending.catch(() => {})
  // A deadline that is short on purpose, for providers, is none for the database.
  const patienceMs = Math.max(deps.config.inviteDeadlineMs, deps.config.eligibilityDeadlineMs)
  await answerWithin(patienceMs, accepting).finally(() => {
    patience.over = true
  })
  const ended = await within(deadline - deps.clock.monotonic(), sending)
  if (ended === 'refused') throw new Problem('cannot-send', { details: ['Every channel that was tried refused it.'] })
  return { callId }
}

/** Of the caller: once it is over, an intent that is not committed yet is nobody's. */
interface Patience {
  over: boolean
}

interface Accepted {
  readonly config: AccountConfig
  readonly attempt: Attempt
  /** By the monotonic clock, before the claim. */
  readonly heldSince: number
}

/** Judges the order and commits it, with the first attempt claimed. @throws as `sendInvite`, of which it is the first half. */
async function acceptCall(
  deps: Deps,
  accountId: string,
  input: InviteInput,
  patience: Patience,
): Promise<Accepted | 'repeated'> {
  const { callId } = input
  const config = await deps.accounts.get(accountId)
  if (config === null) throw new Problem('not-found')
  const order = await readOrder(deps, config, input).catch(async (problem) => {
    // Whoever asks again hears what they heard before, whatever an administrator has changed since.
    if (problem instanceof Problem && (await isInvited(deps.db, accountId, callId))) return 'repeated' as const
    throw problem
  })
  if (order === 'repeated') return order

  const heldSince = deps.clock.monotonic()
  const accepted = await accept(deps, accountId, order, patience)
  if (accepted === 'repeated') return accepted
  if ('refusal' in accepted) throw new Problem('cannot-send', { details: [inviteRefusals[accepted.refusal]] })
  const { attemptId, fence } = accepted
  deps.log.info({ accountId, callId, attemptId, fence }, 'invite accepted')
  return { config, attempt: accepted, heldSince }
}

function checkInput(input: InviteInput): void {
  if (!uuid.test(input.callId))
    throw new Problem('invalid-request', { details: ['callId must be the UUID that eligibility answered'] })
  const { overrideMessage } = input
  if (overrideMessage === undefined) return
  if (overrideMessage.length < 1 || overrideMessage.length > longestSmsText || !isStorable(overrideMessage)) {
    const details = [`overrideMessage must be text of 1 to ${longestSmsText} characters, of which an emoji uses two`]
    throw new Problem('invalid-request', { details })
  }
}

function checkAccount(config: AccountConfig): void {
  if (!config.internalUser) throw new Problem('no-internal-user')
  if (!config.internalApp) throw new Problem('no-internal-app')
  if (config.settings === null) throw new Problem('no-settings')
}

async function readOrder(deps: Deps, config: AccountConfig, input: InviteInput): Promise<InviteOrder> {
  checkAccount(config)
  const call = await loadFreshCall(deps.db, config.accountId, input.callId, deps.config.callTtlHours)
  if (call === null) throw new Problem('not-found')
  return orderOf(deps, config, call, input)
}

function orderOf(deps: Deps, config: AccountConfig, call: Call, input: InviteInput): InviteOrder {
  const handoff: Handoff | undefined = config.handoffs.get(call.handoffId)
  if (handoff === undefined || !handoff.enabled) throw new Problem('no-handoff')
  let overrideChannel: Channel | null = null
  if (input.overrideChannel !== undefined) {
    overrideChannel = channelNamed(input.overrideChannel) ?? null
    if (overrideChannel === null || !call.availableChannels.includes(overrideChannel))
      throw new Problem('no-override-channel')
  }
  const skillId =
    input.overrideSkill === undefined ? call.skillId : overrideSkillId(config, handoff, input.overrideSkill)
  if (skillId === null) throw new Problem('no-override-skill')
  return {
    config,
    circuits: deps.circuits,
    handoff,
    call,
    skillId,
    overrideChannel,
    overrideMessage: input.overrideMessage ?? null,
    claimedBy: deps.processId,
  }
}

/**
 * Commits the intent. An error on COMMIT leaves open whether it happened (reliability 0.2): the claim is then looked for,
 * and when it stands the send goes on as if nothing had been; it is this process's and nobody has called the provider.
 */
async function accept(
  deps: Deps,
  accountId: string,
  order: InviteOrder,
  patience: Patience,
): Promise<Attempt | RefusedInvite | 'repeated'> {
  let begun: AcceptedInvite['begun'] | null = null
  const goOn = () => {
    if (patience.over) throw new Unanswered('The caller waits no more.')
  }
  try {
    const begin = async (tx: Tx) => {
      // The requests that were given up while the database hung cost it no more than this when it is back.
      goOn()
      const accepted = await acceptInvite(tx, order)
      goOn()
      if (typeof accepted === 'object' && 'begun' in accepted) begun = accepted.begun
      return accepted
    }
    const accepted = await atomic(deps.db, begin, { planOnce: true })
    return typeof accepted === 'object' && 'begun' in accepted ? await accepted.attempt : accepted
  } catch (error) {
    if (begun === null) throw error
    const { attemptId, fence } = begun as AcceptedInvite['begun']
    const standing = async () =>
      (await claimStands(deps.db, accountId, attemptId, fence)) ? loadAttempt(deps.db, accountId, attemptId) : null
    const attempt = await standing().catch(() => null)
    if (attempt === null) throw error
    return attempt
  }
}

/** Sends on the call's channels, one after the other, until one is not refused. Never rejects: what fails here is resolved later. */
async function sendOn(deps: Deps, accepted: Accepted): Promise<'refused' | 'going'> {
  const { config } = accepted
  const { accountId } = accepted.attempt
  let attempt: Attempt | null = accepted.attempt
  let since = accepted.heldSince
  try {
    while (attempt !== null) {
      const { attemptId, fence } = attempt
      const carried = { ...attempt, device: openDevice(deps.cipher, accountId, attempt.device) }
      const outcome = await handOver(deps, config, carried, since)
      const retryAfterMs = outcome.kind === 'unsent' ? outcome.failure.retryAfterMs : null
      const waitMs = backoffMs(attempt.tries, retryAfterMs, Math.random())
      since = deps.clock.monotonic()
      const input = { config, circuits: deps.circuits, attempt, outcome, waitMs, claimNextBy: deps.processId }
      const settled = await settleAttempt(deps.db, input)

      deps.log.info({ accountId, attemptId, fence, outcome: outcome.kind, state: settled.state }, 'attempt settled')
      const { opened } = await deps.circuits.note(accountId, attempt.senderId, outcome)
      if (opened) deps.log.warn({ accountId, senderId: attempt.senderId }, 'a provider fails and is left out')
      const connector = config.senders.get(attempt.senderId)?.connector ?? 'none'
      deps.metrics.attempts.inc({ connector, state: settled.state })
      if ('failure' in outcome) deps.metrics.failures.inc({ connector, kind: outcome.failure.kind })
      if (outcome.kind === 'unknown' && outcome.fault !== null)
        deps.log.error({ err: outcome.fault, accountId, attemptId, connector }, 'a connector failed')
      if (settled.state !== 'rejected' || settled.others) return 'going'
      attempt = settled.next === null ? null : await loadAttempt(deps.db, accountId, settled.next.attemptId)
    }
    return 'refused'
  } catch (error) {
    // The lease ends, and a worker looks for what became of it.
    deps.log.error({ err: error, accountId, attemptId: attempt?.attemptId }, 'a send could not be written down')
    return 'going'
  }
}

/** The promise's value, or undefined once `ms` have passed. */
async function within<T>(ms: number, promise: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), Math.max(0, ms))
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
