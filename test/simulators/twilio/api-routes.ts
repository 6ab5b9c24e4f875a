import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { faultAccepts, giveAnswer } from '../messaging/answers.ts'
import { accountAnswer } from './account-answers.ts'
import { type Answer, answerHeaders, errorAnswer, faultyAnswer } from './answers.ts'
import { contentAnswer } from './content-answers.ts'
import { contracts } from './contract.ts'
import { type Created, createMessage } from './create-message.ts'
import type { ApiFault, FaultMatch, Operation } from './faults.ts'
import { listMessages } from './list-messages.ts'
import { lookUpNumber } from './look-up-number.ts'
import { type Message, messageResource } from './message-book.ts'
import type { SimulatedAccount } from './options.ts'
import { authenticated, type SeenRequest, type World } from './world.ts'

type Params = Record<string, string>

/** Twilio's operations. Each request is authenticated, held against Twilio's own description, then met by faults. */
export function apiRoutes(app: FastifyInstance, world: World): void {
  const messages = '/2010-04-01/Accounts/:AccountSid/Messages.json'
  app.post(messages, (request, reply) => serve(world, request, reply, 'create'))
  app.get(messages, (request, reply) => serve(world, request, reply, 'list'))
  app.get('/2010-04-01/Accounts/:AccountSid/Messages/:Sid.json', (request, reply) =>
    serve(world, request, reply, 'fetch'),
  )
  app.get('/2010-04-01/Accounts/:Sid.json', (request, reply) => serve(world, request, reply, 'account'))
  app.get('/2010-04-01/Accounts/:AccountSid/IncomingPhoneNumbers.json', (request, reply) =>
    serve(world, request, reply, 'numbers'),
  )
  app.get('/v1/Services/:Sid', (request, reply) => serve(world, request, reply, 'service'))
  app.get('/v2/PhoneNumbers/:PhoneNumber', (request, reply) => serve(world, request, reply, 'lookup'))
  app.post('/v3/Indicators/Typing.json', (request, reply) => serve(world, request, reply, 'typing'))
  app.post('/v1/Content', (request, reply) => serve(world, request, reply, 'content-create'))
  app.get('/v1/Content/:Sid', (request, reply) => serve(world, request, reply, 'content-fetch'))
  app.delete('/v1/Content/:Sid', (request, reply) => serve(world, request, reply, 'content-delete'))
  app.get('/v1/ContentAndApprovals', (request, reply) => serve(world, request, reply, 'content-list'))
  app.get('/v1/Content/:Sid/ApprovalRequests', (request, reply) => serve(world, request, reply, 'approval-fetch'))
  app.post('/v1/Content/:Sid/ApprovalRequests/whatsapp', (request, reply) =>
    serve(world, request, reply, 'approval-create'),
  )
  app.setNotFoundHandler((_, reply) => void reply.code(404).send(errorAnswer(20404, 404).body))
}

async function serve(world: World, request: FastifyRequest, reply: FastifyReply, operation: Operation): Promise<void> {
  const params = request.params as Params
  const query = new URLSearchParams(request.raw.url?.split('?')[1] ?? '')
  const form = operation === 'create' ? new URLSearchParams(String(request.body ?? '')) : new URLSearchParams()
  const seen: SeenRequest = { operation, accountSid: params.AccountSid ?? null, status: null }
  world.requests.push(seen)
  const give = (answer: Answer, fault?: ApiFault, held?: Promise<void>) =>
    giveAnswer(reply, seen, answer, answerHeaders(world), fault, held)

  const account = authenticated(world, request.headers.authorization)
  if (!account) return give(errorAnswer(20003, 401))
  if (params.AccountSid !== undefined && params.AccountSid !== account.accountSid) return give(errorAnswer(20404, 404))

  // One place has one name in a router, but two in Twilio's description.
  const path = operation === 'approval-create' ? { ContentSid: params.Sid } : params
  const violations = [
    ...contracts[operation].request({ path, query, form, json: request.body }),
    ...(operation === 'create' ? conditional(request, form) : []),
  ]
  if (violations.length > 0) {
    world.violations.push(...violations.map((violation) => `${operation}: ${violation}`))
    return give(errorAnswer(20001, 400, violations.join('; ')))
  }

  const fault = world.faults.take('api', facts(operation, params, query, form))
  // Held from now on, so that a `release` while the message is being made counts.
  const held = fault?.do === 'hold' ? world.hold() : undefined
  let made: Message | undefined
  const right = async (): Promise<Answer> => {
    if (operation.startsWith('content-') || operation.startsWith('approval-')) {
      const { accountSid } = account
      const json = (request.body ?? {}) as Record<string, unknown>
      const baseUrl = `http://${request.headers.host}`
      return contentAnswer(world, operation, { accountSid, sid: params.Sid ?? '', query, json, baseUrl })
    }
    if (operation === 'account' || operation === 'numbers' || operation === 'service')
      return accountAnswer(world, account, operation, { sid: params.Sid ?? '', query })
    if (operation === 'typing') return showTyping(world, account, request.body as { messageId: string })
    if (operation !== 'create') return read(world, account, operation, params, query)
    const created = await create(world, account, form)
    made = created.message
    return created.answer
  }
  // A fault that does not accept must leave no message behind; it answers by itself, holds or cuts.
  const answer = fault && !faultAccepts(fault) ? errorAnswer(20500, 500) : await right()
  await give(fault ? faultyAnswer(fault, answer) : answer, fault, held)
  if (made) world.callbacks.start(made)
}

/** `x-twilio.conditional` of the description, and the media type, which generic validators do not know. */
function conditional(request: FastifyRequest, form: URLSearchParams): string[] {
  const wrong: string[] = []
  const type = request.headers['content-type']?.split(';')[0]
  if (type !== 'application/x-www-form-urlencoded') wrong.push('the body is no form')
  for (const group of [
    ['From', 'MessagingServiceSid'],
    ['Body', 'MediaUrl', 'ContentSid'],
  ])
    if (!group.some((name) => form.has(name))) wrong.push(`one of ${group.join(', ')} is needed`)
  return wrong
}

function facts(operation: Operation, params: Params, query: URLSearchParams, form: URLSearchParams): FaultMatch {
  const to = operation === 'lookup' ? params.PhoneNumber : (form.get('To') ?? query.get('To') ?? undefined)
  const from = form.get('From') ?? query.get('From') ?? undefined
  return { operation, bodyIncludes: form.get('Body') ?? '', ...(to ? { to } : {}), ...(from ? { from } : {}) }
}

async function create(world: World, account: SimulatedAccount, form: URLSearchParams): Promise<Created> {
  const created = createMessage(world, account, form)
  if (created.message) {
    await world.onAccept(created.message.entry)
    await world.callbacks.plan(created.message, account.authToken, created.steps)
  }
  return created
}

/** Only for a message that a consumer sent on WhatsApp. */
function showTyping(world: World, account: SimulatedAccount, { messageId }: { messageId: string }): Answer {
  const answered = world.journal.entries.find(
    ({ kind, sid, accountSid, from }) =>
      kind === 'inbound' && sid === messageId && accountSid === account.accountSid && from?.startsWith('whatsapp:'),
  )
  if (answered === undefined) return errorAnswer(20001, 400, 'No such inbound message')
  world.typed.push(messageId)
  return { status: 200, body: { success: true } }
}

function read(
  world: World,
  account: SimulatedAccount,
  operation: Operation,
  params: Params,
  query: URLSearchParams,
): Answer {
  if (operation === 'lookup') return lookUpNumber(world, params.PhoneNumber!, query)
  if (operation === 'list') return { status: 200, body: listMessages(world, account.accountSid, query) }
  const message = world.book.get(account.accountSid, params.Sid!)
  return message ? { status: 200, body: messageResource(message, world.now()) } : errorAnswer(20404, 404)
}
