import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { acceptOffer } from '../../src/actions/accept-offer.ts'
import { assignConversation } from '../../src/actions/assign-conversation.ts'
import { closeConversation } from '../../src/actions/close-conversation.ts'
import { declineOffer } from '../../src/actions/decline-offer.ts'
import { requeueConversation } from '../../src/actions/requeue-conversation.ts'
import { setPresence } from '../../src/actions/set-presence.ts'
import { takeConversation } from '../../src/actions/take-conversation.ts'
import { takeOver } from '../../src/actions/take-over.ts'
import { transferConversation } from '../../src/actions/transfer-conversation.ts'
import type { UserCaller } from '../../src/domain/caller.ts'
import { type Presence, presences } from '../../src/domain/presence.ts'
import { outcome, type RoutedRow, type RoutingStage, routingStage } from '../routing-stage.ts'
import type { TestBrand } from '../test-brand.ts'

/*
 * Never to an offline or full agent, never two owners, never none (promise P8): random steps of agents, a manager, consumers
 * and the clock, alone and at once, against a model of what must come out. What a step alone must answer is known exactly;
 * of steps at once, and of the sweep's choice, what may never be.
 */

/** Two agents of a skill that offers, one of whom also holds the skill that is pulled, and a manager of none. */
const people = ['anna', 'bert', 'cleo', 'manager'] as const
const [support, sales] = ['support', 'sales'] as const
const agentSkills = { anna: [support], bert: [support, sales], cleo: [sales], manager: [] } as const
const capacity = { anna: 1, bert: 2, cleo: 1, manager: 2 } as const
type Person = (typeof people)[number]

interface ModelAgent {
  presence: Presence
}
interface ModelConversation extends RoutedRow {
  readonly offerStands: boolean
  /** Who passed it on within the last minute. */
  readonly passed: readonly string[]
}
interface Model {
  readonly agents: Record<Person, ModelAgent>
  conversations: readonly ModelConversation[]
}

interface World {
  readonly brand: TestBrand
  readonly callers: Record<Person, UserCaller>
  readonly phones: Map<string, string>
}

let stage: RoutingStage
before(async () => {
  stage = await routingStage()
})
after(() => stage.close())

async function world(): Promise<World> {
  const brand = await stage.brand()
  await stage.configure(brand, 'skills', { routing: 'offer' }, brand.skills.support)
  const callers = {} as Record<Person, UserCaller>
  for (const person of people)
    callers[person] = await stage.person(brand, {
      role: person === 'manager' ? 'agent-manager' : 'agent',
      skills: agentSkills[person].map((skill) => brand.skills[skill]),
      capacity: capacity[person],
      presence: 'online',
    })
  return { brand, callers, phones: new Map() }
}

/** What the database says, after checking what may never be. @param model as it was before the step. */
async function look(model: Model, at: World, before: Model['agents']): Promise<void> {
  const rows = await stage.db<ModelConversation[]>`
    select conversation_id as "conversationId", state, owner_id as "ownerId", offered_to as "offeredTo",
      skill_id as "skillId", returned_for as "returnedFor", preferred_agent as preferred, closed_by as "closedBy",
      coalesce(offered_until > clock_timestamp(), false) as "offerStands",
      array(select o.user_id from conversation_offers o where o.account_id = c.account_id
        and o.conversation_id = c.conversation_id and o.outcome in ('declined', 'expired')
        and o.ended_at > now() - interval '60 seconds') as passed
    from conversations c where account_id = ${at.brand.accountId} order by opened_at, conversation_id`
  const known = new Map(model.conversations.map((one) => [one.conversationId, one]))
  for (const id of known.keys())
    assert.ok(
      rows.some((row) => row.conversationId === id),
      'a conversation is gone',
    )
  for (const row of rows) {
    assert.equal(row.ownerId !== null, row.state === 'assigned', 'one owner, or a queue, or closed')
    assert.ok(row.offeredTo === null || row.state === 'queued', 'an offer of what is not in a queue')
    if (known.get(row.conversationId)?.state === 'closed') assert.equal(row.state, 'closed', 'opened again')
  }
  for (const person of people) {
    const { userId } = at.callers[person]
    const heldBy = (one: RoutedRow) => one.ownerId === userId || one.offeredTo === userId
    const gained = rows.filter(
      (row) => heldBy(row) && !(known.has(row.conversationId) && heldBy(known.get(row.conversationId)!)),
    )
    if (gained.length === 0) continue
    // Of several steps at once the presence may have changed before or after.
    const there = [before[person].presence, model.agents[person].presence]
    assert.ok(
      there.some((presence) => presence !== 'offline'),
      `${person} was given something while offline`,
    )
    const offered = gained.filter((row) => row.offeredTo === userId)
    if (offered.length > 0) assert.ok(there.includes('online'), `${person} was offered something while ${there}`)
    for (const row of offered)
      assert.ok(
        !known.get(row.conversationId)?.passed.includes(userId),
        `${person} was offered again what they declined`,
      )
    assert.ok(rows.filter(heldBy).length <= capacity[person], `${person} holds more than ${capacity[person]}`)
  }
  model.conversations = rows
}

const refs = fc.record({
  by: fc.constantFrom(...people, 'holder' as const, 'holder' as const, 'holder' as const),
  place: fc.nat({ max: 7 }),
  to: fc.constantFrom(...people),
})
/** `holder`: whoever owns it or is offered it; else the manager. */
type Refs = { by: Person | 'holder'; place: number; to: Person }
const deeds = ['take', 'accept', 'decline', 'close', 'requeue', 'transfer', 'hand-over', 'assign', 'take-over'] as const
type Deed = (typeof deeds)[number]

/** Mostly an open one: most steps on a closed one are refused. */
function chosen(model: Model, { place }: Pick<Refs, 'place'>): ModelConversation {
  const open = model.conversations.filter((one) => one.state !== 'closed')
  const from = place === 7 || open.length === 0 ? model.conversations : open
  return from[place % from.length]!
}

function actor(model: Model, at: World, one: Refs): Person {
  if (one.by !== 'holder') return one.by
  const { ownerId, offeredTo } = chosen(model, one)
  return people.find((person) => at.callers[person].userId === (ownerId ?? offeredTo)) ?? 'manager'
}

/** What the server is asked to do. */
function ask(deed: Deed, model: Model, at: World, one: Refs): Promise<string> {
  const { deps } = stage
  const by = at.callers[actor(model, at, one)]
  const { conversationId, skillId } = chosen(model, one)
  const { userId } = at.callers[one.to]
  const other = skillId === at.brand.skills.support ? at.brand.skills.sales : at.brand.skills.support
  switch (deed) {
    case 'take':
      return outcome(takeConversation(deps, by, conversationId))
    case 'accept':
      return outcome(acceptOffer(deps, by, conversationId))
    case 'decline':
      return outcome(declineOffer(deps, by, conversationId))
    case 'close':
      return outcome(closeConversation(deps, by, conversationId))
    case 'requeue':
      return outcome(requeueConversation(deps, by, conversationId))
    case 'transfer':
      return outcome(transferConversation(deps, by, conversationId, { to: { skillId: other }, note: 'A note' }))
    case 'hand-over':
      return outcome(transferConversation(deps, by, conversationId, { to: { userId }, note: null }))
    case 'assign':
      return outcome(assignConversation(deps, by, conversationId, userId))
    case 'take-over':
      return outcome(takeOver(deps, by, conversationId))
  }
}

/** What must come out of a deed alone: the answer, and what the conversation is then. Written apart from the code it checks. */
function expected(deed: Deed, model: Model, at: World, one: Refs): { answer: string; leaves?: Partial<RoutedRow> } {
  const conversation = chosen(model, one)
  const { state, ownerId, offeredTo, offerStands, skillId } = conversation
  const by = actor(model, at, one)
  const me = at.callers[by].userId
  const boss = by === 'manager'
  const own = ownerId === me
  const holds = agentSkills[by].some((skill) => at.brand.skills[skill] === skillId)
  const had = handledBy.get(conversation.conversationId) === me
  if (!boss && !holds && !own && !had && offeredTo !== me) {
    if (['assign', 'take-over'].includes(deed)) return { answer: 'forbidden' }
    return { answer: 'not-found' }
  }
  const room = (person: Person, byHand: boolean): string | null => {
    const { presence } = model.agents[person]
    if (presence === 'offline' || (!byHand && presence !== 'online')) return 'agent-offline'
    const { userId } = at.callers[person]
    const load = model.conversations.filter(
      (other) => other !== conversation && (other.ownerId === userId || other.offeredTo === userId),
    ).length
    return load >= capacity[person] ? 'agent-full' : null
  }
  const given = (person: Person, byHand: boolean) => {
    const refusal = room(person, byHand)
    const leaves = { state: 'assigned', ownerId: at.callers[person].userId, offeredTo: null } as const
    return refusal === null ? { answer: 'done', leaves } : { answer: refusal }
  }
  const queued = { state: 'queued', ownerId: null, offeredTo: null } as const
  switch (deed) {
    case 'take':
      if (state === 'closed') return { answer: 'conversation-closed' }
      if (own) return { answer: 'done' }
      if (state === 'assigned') return { answer: 'already-taken' }
      if (offeredTo === me && offerStands) return given(by, true)
      if (boss) return given(by, true)
      if (!holds) return { answer: 'forbidden' }
      if (skillId === at.brand.skills.support || (offeredTo !== null && offerStands)) return { answer: 'not-offered' }
      return given(by, true)
    case 'accept':
      if (state === 'closed') return { answer: 'conversation-closed' }
      if (own) return { answer: 'done' }
      if (state === 'assigned') return { answer: 'already-taken' }
      return offeredTo === me && offerStands ? given(by, true) : { answer: 'not-offered' }
    case 'decline':
      if (offeredTo === me) return { answer: 'done', leaves: queued }
      return { answer: declined(conversation, me) ? 'done' : 'not-offered' }
    case 'close':
      if (state === 'closed') return { answer: 'done' }
      return own || boss
        ? { answer: 'done', leaves: { state: 'closed', ownerId: null, offeredTo: null, closedBy: 'agent' } }
        : { answer: 'not-yours' }
    case 'requeue':
      if (state === 'closed') return { answer: 'conversation-closed' }
      if (state === 'queued') return { answer: 'done' }
      return own || boss ? { answer: 'done', leaves: { ...queued, returnedFor: 'requeued' } } : { answer: 'not-yours' }
    case 'transfer':
    case 'hand-over': {
      if (state === 'closed') return { answer: 'conversation-closed' }
      if (!own && !boss) return { answer: 'not-yours' }
      if (deed === 'hand-over') return given(one.to, false)
      const to = skillId === at.brand.skills.support ? at.brand.skills.sales : at.brand.skills.support
      return { answer: 'done', leaves: { ...queued, skillId: to, returnedFor: 'transferred' } }
    }
    case 'assign':
    case 'take-over': {
      if (!boss) return { answer: 'forbidden' }
      if (state === 'closed') return { answer: 'conversation-closed' }
      const person = deed === 'assign' ? one.to : by
      return ownerId === at.callers[person].userId ? { answer: 'done' } : given(person, deed === 'take-over')
    }
  }
}

/** Who took a conversation last, as far as the model saw it. */
const handledBy = new Map<string, string>()
/** Who declined it, rather than let the countdown run out. */
const decliners = new Set<string>()
const declined = (one: ModelConversation, userId: string) =>
  one.passed.includes(userId) && decliners.has(`${one.conversationId} ${userId}`)

async function remember(model: Model, at: World): Promise<void> {
  const rows = await stage.db<{ id: string; handled: string | null; decliners: string[] }[]>`
    select conversation_id as id, handled_by as handled,
      array(select o.user_id from conversation_offers o where o.account_id = c.account_id
        and o.conversation_id = c.conversation_id and o.outcome = 'declined') as decliners
    from conversations c where account_id = ${at.brand.accountId}`
  for (const row of rows) {
    if (row.handled !== null) handledBy.set(row.id, row.handled)
    for (const userId of row.decliners) decliners.add(`${row.id} ${userId}`)
  }
  assert.equal(rows.length, model.conversations.length)
}

type Step = fc.AsyncCommand<Model, World>
const copyOf = (agents: Model['agents']) => structuredClone(agents)
const step = (
  name: string,
  run: (model: Model, at: World) => Promise<void>,
  check: (model: Model) => boolean = () => true,
): Step => ({
  check: (model) => check(model),
  async run(model, at) {
    const before = copyOf(model.agents)
    await run(model, at)
    await look(model, at, before)
    await remember(model, at)
  },
  toString: () => name,
})
const some = (model: Model) => model.conversations.length > 0

const alone = fc.tuple(fc.constantFrom(...deeds), refs).map(([deed, one]) =>
  step(
    `${one.by}: ${deed} ${one.place} (${one.to})`,
    async (model, at) => {
      const { answer, leaves } = expected(deed, model, at, one)
      const conversation = chosen(model, one)
      assert.equal(await ask(deed, model, at, one), answer, `${one.by} ${deed} ${JSON.stringify(conversation)}`)
      const { offerStands: _stands, passed: _passed, ...row } = conversation
      const after = await stage.row(at.brand, conversation)
      const { preferred: _one, returnedFor: _why, ...told } = after
      const { preferred: _other, returnedFor: _reason, ...wanted } = { ...row, ...leaves }
      assert.deepEqual(told, wanted)
      if (leaves?.returnedFor !== undefined) assert.equal(after.returnedFor, leaves.returnedFor)
    },
    some,
  ),
)

const atOnce = fc.array(fc.tuple(fc.constantFrom(...deeds), refs), { minLength: 2, maxLength: 4 }).map((list) =>
  step(
    `at once: ${list.map(([deed, one]) => `${one.by} ${deed} ${one.place} (${one.to})`).join(' | ')}`,
    async (model, at) => {
      const work = list.map(([deed, one]) => ask(deed, model, at, one))
      await Promise.all([...work, stage.sweep(at.brand), stage.sweep(at.brand)])
    },
    some,
  ),
)

const presence = fc
  .tuple(fc.constantFrom(...people), fc.constantFrom('online', 'online', ...presences))
  .map(([person, status]) =>
    step(`${person} is ${status}`, async (model, at) => {
      await setPresence(stage.deps, at.callers[person], status)
      model.agents[person].presence = status
    }),
  )

const vanishing = fc.constantFrom(...people).map((person) =>
  step(`${person} vanishes`, async (model, at) => {
    await stage.vanish(at.callers[person])
    model.agents[person].presence = 'offline'
  }),
)

const writing = fc.tuple(fc.constantFrom(support, sales), fc.nat({ max: 7 })).map(([skill, place]) =>
  step(`a consumer writes to ${skill} or as ${place}`, async (model, at) => {
    const known = model.conversations[place]
    const phone = known === undefined ? undefined : at.phones.get(known.conversationId)
    if (phone !== undefined) {
      await stage.hear(at.brand, phone, 'Are you there?')
      const [row] = await stage.db<{ id: string }[]>`
        select conversation_id as id from conversations
        where account_id = ${at.brand.accountId} and address = ${phone} and state <> 'closed'`
      at.phones.set(row!.id, phone)
    } else if (model.conversations.filter((one) => one.state !== 'closed').length < 8) {
      const made = await stage.conversation(at.brand, { skillId: at.brand.skills[skill] })
      at.phones.set(made.conversationId, made.phone)
    }
  }),
)

const sweeping = fc.constant(
  step('the sweep', async (model, at) => {
    const before = copyOf(model.agents)
    await stage.sweep(at.brand)
    await look(model, at, before)
    for (const one of model.conversations) {
      const owner = people.find((person) => at.callers[person].userId === one.ownerId)
      if (owner !== undefined)
        assert.notEqual(model.agents[owner].presence, 'offline', `${owner} is gone and holds one`)
      const offeree = people.find((person) => at.callers[person].userId === one.offeredTo)
      if (offeree !== undefined) assert.equal(model.agents[offeree].presence, 'online', `${offeree} is offered one`)
      if (one.state !== 'queued' || one.offeredTo !== null || one.skillId !== at.brand.skills.support) continue
      for (const person of people) {
        const { userId } = at.callers[person]
        const load = model.conversations.filter(
          (other) => other.ownerId === userId || other.offeredTo === userId,
        ).length
        const could =
          model.agents[person].presence === 'online' &&
          agentSkills[person].some((skill) => skill === support) &&
          load < capacity[person] &&
          !one.passed.includes(userId)
        assert.ok(!could, `${person} has room, and a conversation waits`)
      }
    }
  }),
)

const countdown = fc
  .nat({ max: 7 })
  .map((place) =>
    step(`the countdown of ${place} ends`, async (model) => stage.countdownEnds(chosen(model, { place })), some),
  )
const resting = fc.constant(step('a minute goes by', (_model, at) => stage.restEnds(at.brand)))

test('whatever happens, alone or at once: one owner who is there and has room, or one queue', {
  timeout: 120_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.commands(
        [writing, writing, alone, alone, alone, sweeping, sweeping, atOnce, presence, vanishing, countdown, resting],
        {
          maxCommands: 120,
          size: 'max',
        },
      ),
      async (commands) => {
        const at = await world()
        const online = () => ({ presence: 'online' as const })
        const model: Model = {
          agents: { anna: online(), bert: online(), cleo: online(), manager: online() },
          conversations: [],
        }
        await fc.asyncModelRun(() => ({ model, real: at }), commands)
      },
    ),
    { numRuns: 6, endOnFailure: true },
  )
})
