import type { Heard, HeardMessage, HeardOptOut, HeardStatus, HeardTemplate } from '../channels/connector.ts'
import type { Exchange } from '../channels/http.ts'
import type { Deps } from '../deps.ts'
import type { AccountConfig } from '../domain/account.ts'
import type { Caller } from '../domain/caller.ts'
import { consumerText, outsideId } from '../domain/consumer-text.ts'
import { lookbackHolds, routeKeyword, routeReply, routeScore } from '../domain/lookback.ts'
import { automaticAnswer, decideKeyword, type KeywordDecision, keywordOf } from '../domain/opt-out.ts'
import { type Sender, senderWorks } from '../domain/sender.ts'
import { addressesOf, type Person, speakerOf } from '../domain/speaker.ts'
import { enqueue } from '../jobs/queue.ts'
import { allOf } from '../store/all-of.ts'
import { answerArrival } from '../store/answer-arrival.ts'
import { learnAddress, peopleAt } from '../store/consumer-addresses.ts'
import { lockConsumers } from '../store/consumer-lock.ts'
import { atomic, type DbOrTx, type Tx } from '../store/db.ts'
import { followTemplate } from '../store/follow-template.ts'
import { type InboundFacts, insertInbound, insertIntoOpen, readInboundFacts } from '../store/inbound-messages.ts'
import { keepHookExchange } from '../store/keep-hook-exchange.ts'
import { isTelling } from '../store/learn-from-refusal.ts'
import { isOldWord, liftOptOut, recordWord } from '../store/opt-outs.ts'
import { createOutgoing } from '../store/outgoing.ts'
import { patiently } from '../store/patiently.ts'
import { placeReply } from '../store/place-reply.ts'
import { type MatchedMessage, matchStatuses } from '../store/receipts.ts'
import { returnOptOuts } from '../store/returned-consumer.ts'
import { sqlState } from '../store/sql-state.ts'
import { keepStatus, takeStatus } from '../store/take-status.ts'

/** What became of one thing heard; the labels of the metric `c2m_hooks_heard_total`. */
export type HeardKind =
  | 'message'
  | 'unrouted'
  | 'status'
  | 'unmatched'
  | 'opt-out'
  | 'template'
  | 'duplicate'
  | 'malformed'
  | 'ignored'

export interface ReceiveInput {
  readonly sender: Sender
  readonly heard: readonly Heard[]
  readonly receivedAt: Date
  /** The provider's call as it may be kept, redacted; null: none is kept. */
  readonly exchange: Exchange | null
}

/** Things heard in one tx; a larger batch is stored in several, and told again by the provider if one of them fails. */
const mostTogether = 1_000
/** An automatic answer that could not go out for an hour would only puzzle. */
const answerWorthMs = 3_600_000
const templateAskedAfterSeconds = 10

interface Scene {
  readonly deps: Deps
  readonly accountId: string
  readonly sender: Sender
  readonly receivedAt: Date
  readonly account: AccountConfig | null
  readonly brandTitle: string
  readonly optOutScope: 'channel' | 'all'
  readonly defaultSkillId: string | null
}

/** With the people who speak in what was heard together, by every address that it names. */
interface HeardScene extends Scene {
  readonly people: ReadonlyMap<string, Person>
}

interface Taken {
  readonly kinds: readonly HeardKind[]
  readonly messageId?: string
  readonly callId?: string | null
}

/**
 * Stores what a provider told us about one sender: messages, statuses and opt-outs, all or nothing, each once, in any
 * order. When it has returned, everything is durable, and only then may the provider hear a yes (P5).
 * One thing that cannot be stored does not lose the others: it is counted as malformed.
 * @throws the database's error when nothing could be stored; the provider must then call again.
 */
export async function receive(
  deps: Deps,
  caller: Extract<Caller, { kind: 'system' }>,
  input: ReceiveInput,
): Promise<Readonly<Partial<Record<HeardKind, number>>>> {
  const config = await deps.accounts.get(caller.accountId)
  const skill = config?.skills.get(config.settings?.defaultSkillId ?? '')
  const scene: Scene = {
    deps,
    accountId: caller.accountId,
    sender: input.sender,
    receivedAt: input.receivedAt,
    account: config,
    brandTitle: config?.title ?? '',
    optOutScope: config?.settings?.optOutScope ?? 'all',
    defaultSkillId: skill?.enabled === true ? skill.skillId : null,
  }
  const counts: Partial<Record<HeardKind, number>> = {}
  for (let from = 0; from === 0 || from < input.heard.length; from += mostTogether) {
    const heard = input.heard.slice(from, from + mostTogether)
    const exchange = from === 0 ? input.exchange : null
    const kinds = await patiently(() =>
      atomic(deps.db, (tx) => takeTogether(tx, scene, heard, exchange), { planOnce: true }),
    ).catch((error) => refusedAlone(scene, heard, exchange, error))
    for (const kind of kinds) counts[kind] = (counts[kind] ?? 0) + 1
  }
  for (const [kind, count] of Object.entries(counts))
    deps.metrics.heard.inc({ connector: input.sender.connector, kind }, count)
  return counts
}

/** A single thing needs no savepoint, which is most of what providers send: if the database refused it, only the call is kept. */
async function refusedAlone(
  scene: Scene,
  heard: readonly Heard[],
  exchange: Exchange | null,
  error: unknown,
): Promise<readonly HeardKind[]> {
  if (heard.length !== 1) throw error
  const taken = [refused(scene, error)]
  await atomic(scene.deps.db, (tx) => keepHookExchange(tx, hookOf(scene), heard, taken, exchange))
  return taken.flatMap(({ kinds }) => kinds)
}

async function takeTogether(
  tx: Tx,
  scene: Scene,
  heard: readonly Heard[],
  exchange: Exchange | null,
): Promise<readonly HeardKind[]> {
  const statuses = heard.filter((one) => one.kind === 'status' && outsideId(one.providerId) !== null) as HeardStatus[]
  const matches = await matchStatuses(tx, scene.accountId, scene.sender.senderId, statuses)
  const matched = statuses
    .flatMap((status, n) => (isMessage(matches[n]) ? [{ status, message: matches[n] }] : []))
    // Always in the same order, so that two batches about the same messages cannot wait for each other.
    .sort((a, b) =>
      a.message.messageId < b.message.messageId ? -1 : a.message.messageId > b.message.messageId ? 1 : 0,
    )
  const speakers = heard.flatMap((one) =>
    one.kind === 'message' || one.kind === 'opt-out' ? addressesOf(scene.sender.channel, one) : [],
  )
  const people = await peopleAt(tx, scene.accountId, scene.sender.channel, [...new Set(speakers)])
  const hearing: HeardScene = { ...scene, people }
  // A status decides about the consumer only when it is a refusal; otherwise the message's own row keeps the order.
  const refusals = matched.flatMap(({ status, message }) => (isTelling(status.failure) ? [message.address] : []))
  const spoken = [...people].flatMap(([address, person]) => [address, person.address])
  const locked = lockConsumers(tx, scene.accountId, [...refusals, ...spoken])
  const taken = await behind(locked, () => takeEach(tx, hearing, heard, { statuses, matches, matched }))
  await keepHookExchange(tx, hookOf(scene), heard, taken, exchange)
  return taken.flatMap(({ kinds }) => kinds)
}

/**
 * Does what needs a lock without waiting for the lock's answer first: statements of one tx are done one after the other, so
 * the first of them travels with the lock's and still begins only when it is held.
 */
async function behind<T>(locked: Promise<void>, work: () => Promise<T>): Promise<T> {
  const [, done] = await allOf(locked, work())
  return done
}

interface MatchedStatuses {
  readonly statuses: readonly HeardStatus[]
  readonly matches: Awaited<ReturnType<typeof matchStatuses>>
  readonly matched: readonly { readonly status: HeardStatus; readonly message: MatchedMessage }[]
}

async function takeEach(
  tx: Tx,
  scene: HeardScene,
  heard: readonly Heard[],
  { statuses, matches, matched }: MatchedStatuses,
): Promise<readonly Taken[]> {
  const taken: Taken[] = []
  const apart = heard.length === 1 ? together : inSavepoint
  for (const { status, message } of matched)
    taken.push(await apart(tx, scene, async (part) => movedBy(message, await takeStatus(part, scene, status, message))))
  for (const one of heard)
    if (one.kind === 'ignored') taken.push({ kinds: ['ignored'] })
    else if (one.kind === 'message') taken.push(await apart(tx, scene, (part) => takeMessage(part, scene, one)))
    else if (one.kind === 'opt-out') taken.push(await apart(tx, scene, (part) => takeOptOut(part, scene, one)))
    else if (one.kind === 'template') taken.push(await apart(tx, scene, (part) => takeTemplate(part, scene, one)))
    else if (outsideId(one.providerId) === null) taken.push({ kinds: ['malformed'] })
  // Last, because these hold the lock that a send's answer may be waiting for.
  for (const [n, status] of statuses.entries())
    if (matches[n] === 'foreign') taken.push({ kinds: ['unmatched'] })
    else if (!isMessage(matches[n]))
      taken.push(await apart(tx, scene, async (part) => keptAs(await keepStatus(part, scene, status))))
  return taken
}

const movedBy = ({ messageId, callId }: MatchedMessage, { isNew }: { isNew: boolean }): Taken => ({
  kinds: [isNew ? 'status' : 'duplicate'],
  messageId,
  callId,
})
const keptAs = ({ isNew, message }: { isNew: boolean; message: MatchedMessage | null }): Taken =>
  message === null ? { kinds: [isNew ? 'unmatched' : 'duplicate'] } : movedBy(message, { isNew })

const hookOf = ({ accountId, sender }: Scene) => ({ accountId, senderId: sender.senderId })

const isMessage = (match: MatchedMessage | 'foreign' | null | undefined): match is MatchedMessage =>
  typeof match === 'object' && match !== null

type Apart = (tx: Tx, scene: Scene, work: (part: DbOrTx) => Promise<Taken>) => Promise<Taken>

const together: Apart = (tx, _scene, work) => work(tx)

/** Stores one thing by itself: data that the database refuses takes only its own savepoint down. */
const inSavepoint: Apart = async (tx, scene, work) => {
  try {
    return (await tx.savepoint(work)) as Taken
  } catch (error) {
    return refused(scene, error)
  }
}

/** What the database's refusal makes of one thing. @throws the error again when it is not about the data. */
function refused(scene: Scene, error: unknown): Taken {
  if (!/^2[23]/.test(sqlState(error))) throw error
  // Of the constraints in reach, only the one on provider ids can be broken by what a provider says.
  if (sqlState(error) === '23505') return { kinds: ['duplicate'] }
  scene.deps.log.warn({ err: error, connector: scene.sender.connector }, 'something heard could not be stored')
  return { kinds: ['malformed'] }
}

/** Webhooks about a template come in any order, so the provider is asked for the truth shortly after each. */
async function takeTemplate(tx: DbOrTx, scene: Scene, heard: HeardTemplate): Promise<Taken> {
  const { accountId, sender } = scene
  const changed = await followTemplate(tx, { kind: 'system', accountId }, sender, heard.template)
  const { senderId } = sender
  const job = { key: `templates/${senderId}`, delaySeconds: templateAskedAfterSeconds }
  await enqueue(tx, 'sync-templates', { accountId, senderId }, job)
  return { kinds: [changed === null ? 'ignored' : 'template'] }
}

async function takeOptOut(tx: DbOrTx, scene: HeardScene, heard: HeardOptOut): Promise<Taken> {
  const speaker = speakerOf(addressesOf(scene.sender.channel, heard), scene.people)
  if (speaker === null) return { kinds: ['malformed'] }
  const { address } = speaker
  const { at: saidAt, resume } = heard
  const { cipher } = scene.deps
  await returnOptOuts(tx, cipher, scene.accountId, speaker)
  if (await isOld(tx, scene, { address, resume, saidAt })) return { kinds: ['duplicate'] }
  const at = timeOf(scene, saidAt)
  const facts = await readInboundFacts(tx, scene.accountId, { ...about(scene.sender), speaker, providerId: '', cipher })
  const word = resume ? 'start' : 'stop'
  await takeWord(tx, scene, { word, address, at, saidAt, evidence: heard.evidence, source: 'provider' }, facts)
  return { kinds: ['opt-out'] }
}

async function takeMessage(tx: DbOrTx, scene: HeardScene, heard: HeardMessage): Promise<Taken> {
  const { accountId, sender } = scene
  const addresses = addressesOf(sender.channel, heard)
  const speaker = speakerOf(addresses, scene.people)
  const providerId = outsideId(heard.providerId)
  if (speaker === null || providerId === null) return { kinds: ['malformed'] }
  const { address } = speaker
  if (sender.channel === 'wa')
    for (const other of addresses)
      if (scene.people.get(other)?.address !== address) await learnAddress(tx, accountId, 'wa', other, address)
  const body = consumerText(heard.text)
  const at = timeOf(scene, heard.at)

  for (;;) {
    const { cipher } = scene.deps
    const facts = await readInboundFacts(tx, accountId, { ...about(sender), speaker, providerId, cipher })
    if (facts.known) return { kinds: ['duplicate'] }
    if (facts.returned) await returnOptOuts(tx, cipher, accountId, speaker)
    const keyword = decideKeyword({
      ...facts,
      text: body,
      providerKeyword: heard.keyword,
      providerAnswers: heard.providerAnswersKeywords,
    })
    const route =
      keyword === null
        ? (routeScore({ ...facts, at }, body) ?? routeReply({ ...facts, at, defaultSkillId: scene.defaultSkillId }))
        : routeKeyword({ openConversationId: facts.openConversationId })
    const message = { ...about(sender), address, providerId, body, media: mediaOf(heard), at }
    const placing = placeReply(tx, sender, route, address, at)
    // Most are answers in a conversation that is open: then both go on their way together.
    const [place, stored] =
      route.kind === 'append'
        ? await allOf(
            placing,
            insertIntoOpen(tx, accountId, {
              ...{ ...message, conversationId: route.conversationId, callId: route.answers },
            }),
          )
        : [await placing, null]
    // An agent closed the conversation between our look and our touch: look again.
    if (place === 'changed') continue
    const { messageId } = stored ?? (await insertInbound(tx, accountId, { ...message, ...place }))
    const { account } = scene
    if (keyword === null && account !== null && place.conversationId !== null && place.arrival !== null) {
      const arrival = { ...place.arrival, conversationId: place.conversationId, address }
      await answerArrival(tx, account, sender, arrival, scene.receivedAt)
    }
    if (keyword !== null) await actOn(tx, scene, { keyword, heard, facts, address, body, at, ...place })
    else if (heard.at !== null && keywordOf(body) === 'start') await noteStart(tx, scene, { heard, address, body })
    return {
      kinds:
        keyword === null ? ['message', ...(route.kind === 'none' ? (['unrouted'] as const) : [])] : kindsOf(keyword),
      messageId,
      callId: place.callId,
    }
  }
}

const about = (sender: Sender) => ({ senderId: sender.senderId, channel: sender.channel })
const kindsOf = (keyword: KeywordDecision): readonly HeardKind[] =>
  keyword.word === 'help' ? ['message'] : ['message', 'opt-out']
const mediaOf = (heard: HeardMessage): HeardMessage['media'] =>
  heard.media.slice(0, 10).map(({ url, contentType, fileName }) => ({
    url: consumerText(url),
    contentType: consumerText(contentType),
    ...(fileName == null ? {} : { fileName: consumerText(fileName).slice(0, 255) }),
  }))

/** The provider's time, unless its clock runs ahead of ours. */
function timeOf(scene: Scene, said: Date | null): Date {
  return said !== null && said.getTime() < scene.receivedAt.getTime() ? said : scene.receivedAt
}

interface SaidKeyword {
  readonly keyword: KeywordDecision
  readonly heard: HeardMessage
  readonly facts: InboundFacts
  readonly address: string
  readonly body: string
  readonly at: Date
  readonly conversationId: string | null
}

/** A START of somebody who has not stopped is an ordinary text; but it may be that its STOP only comes after it. */
async function noteStart(
  tx: DbOrTx,
  { accountId, sender }: Scene,
  { heard, address, body: evidence }: Pick<SaidKeyword, 'heard' | 'address' | 'body'>,
): Promise<void> {
  await liftOptOut(tx, accountId, { ...about(sender), address, source: 'keyword', evidence, saidAt: heard.at })
}

const isOld = (
  tx: DbOrTx,
  { accountId, sender, optOutScope: scope }: Scene,
  word: { readonly address: string; readonly resume: boolean; readonly saidAt: Date | null },
): Promise<boolean> => isOldWord(tx, accountId, { ...word, channel: sender.channel, scope })

async function actOn(tx: DbOrTx, scene: Scene, said: SaidKeyword): Promise<void> {
  const { keyword, address, at } = said
  if (keyword.word !== 'help') {
    const resume = keyword.word === 'start'
    if (await isOld(tx, scene, { address, resume, saidAt: said.heard.at })) return
    const source = said.heard.keyword === null ? 'keyword' : 'provider'
    await takeWord(
      tx,
      scene,
      { word: keyword.word, address, at, saidAt: said.heard.at, evidence: said.body, source },
      said.facts,
    )
  }
  if (keyword.answer === null || !senderWorks(scene.sender)) return
  await createOutgoing(tx, scene.accountId, {
    ...about(scene.sender),
    conversationId: said.conversationId,
    callId: null,
    address,
    kind: 'auto',
    body: automaticAnswer(keyword.answer, scene.brandTitle),
    title: scene.sender.channel === 'inapp' ? scene.brandTitle : null,
    expiresAt: new Date(scene.receivedAt.getTime() + answerWorthMs),
  })
}

/** The one decision in which every STOP and START of a consumer ends. The newest invite in its window is told. */
function takeWord(
  tx: DbOrTx,
  scene: Scene,
  said: {
    readonly word: 'stop' | 'start'
    readonly address: string
    readonly at: Date
    readonly saidAt: Date | null
    readonly evidence: string
    readonly source: 'keyword' | 'provider'
  },
  facts: InboundFacts,
): Promise<void> {
  const callId = facts.invites.find((invite) => lookbackHolds(invite, said.at))?.callId ?? null
  const { channel, senderId } = scene.sender
  const evidence = consumerText(said.evidence)
  return recordWord(tx, scene.accountId, { ...said, evidence, channel, senderId, callId, scope: scene.optOutScope })
}
