import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { faultAccepts, giveAnswer } from '../messaging/answers.ts'
import { acceptMessage, planStatuses } from './accept-message.ts'
import { type Answer, answerHeaders, errorAnswer, faultyAnswer } from './answers.ts'
import { checkDeletion, checkHeaders, checkMessage, checkTemplateBody } from './contract.ts'
import type { Operation } from './faults.ts'
import type { Scope, SimulatedBusiness } from './options.ts'
import { createTemplate, deleteTemplate, listTemplates } from './template-routes.ts'
import { beginUpload, takeUpload } from './upload-routes.ts'
import { consumerNamed, numberOf, type SeenRequest, type World } from './world.ts'

type Json = Readonly<Record<string, unknown>>

const scopes: Readonly<Record<Operation, Scope>> = {
  send: 'whatsapp_business_messaging',
  read: 'whatsapp_business_messaging',
  media: 'whatsapp_business_messaging',
  number: 'whatsapp_business_management',
  'subscribed-apps': 'whatsapp_business_management',
  file: 'whatsapp_business_messaging',
  'create-template': 'whatsapp_business_management',
  'delete-template': 'whatsapp_business_management',
  'begin-upload': 'whatsapp_business_management',
  upload: 'whatsapp_business_management',
  'list-templates': 'whatsapp_business_management',
}

/** Meta's operations. Each request is authenticated, held against Meta's own description, then met by faults. */
export function apiRoutes(app: FastifyInstance, world: World): void {
  app.post('/:version/:id/messages', (request, reply) =>
    serve(world, request, reply, asJson(request.body).status === 'read' ? 'read' : 'send'),
  )
  app.post('/:version/:id/message_templates', (request, reply) => serve(world, request, reply, 'create-template'))
  app.get('/:version/:id/message_templates', (request, reply) => serve(world, request, reply, 'list-templates'))
  app.delete('/:version/:id/message_templates', (request, reply) => serve(world, request, reply, 'delete-template'))
  app.post('/:version/app/uploads', (request, reply) => serve(world, request, reply, 'begin-upload'))
  // A file comes in its own type, and as it is.
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  app.post('/:version/:id', (request, reply) => serve(world, request, reply, 'upload'))
  app.get('/published/:name', (request, reply) => {
    const file = world.published.get((request.params as { name: string }).name)
    return file === undefined ? reply.code(404).send('') : reply.type(file.contentType).send(file.bytes)
  })
  app.get('/:version/:id/subscribed_apps', (request, reply) => serve(world, request, reply, 'subscribed-apps'))
  app.get('/:version/:id', (request, reply) => {
    const isNumber = numberOf(world, (request.params as { id: string }).id) !== undefined
    return serve(world, request, reply, isNumber ? 'number' : 'media')
  })
  app.get('/files/:id', (request, reply) => serve(world, request, reply, 'file'))
  app.setNotFoundHandler((_, reply) => void reply.code(404).send(errorAnswer(2500).body))
}

async function serve(world: World, request: FastifyRequest, reply: FastifyReply, operation: Operation): Promise<void> {
  const { version = '', id: named = '' } = request.params as { version?: string; id?: string }
  const query = new URLSearchParams(request.raw.url?.split('?')[1] ?? '')
  // A session's signature stands behind its id like a query.
  const id = operation === 'upload' ? `${named}?${request.raw.url?.split('?')[1]}` : named
  const seen: SeenRequest = { operation, version, status: null }
  world.requests.push(seen)
  const give = (answer: Answer) => giveAnswer(reply, seen, answer, answerHeaders)

  const granted = tokenOf(world, request.headers.authorization, operation)
  if (granted === undefined) return give(errorAnswer(190))
  if (!granted.scopes.includes(scopes[operation]))
    return give(errorAnswer(operation === 'send' ? 10 : 200, { status: 403 }))
  // `app` is the app whose token it is.
  const owner = operation === 'begin-upload' ? granted.business : ownerOf(world, operation, id)
  if (owner === undefined || owner !== granted.business) return give(errorAnswer(100, { subcode: 33 }))

  const body = asJson(request.body)
  const violations = violationsOf(operation, request, body, query)
  if (violations.length > 0) {
    world.violations.push(...violations.map((violation) => `${operation}: ${violation}`))
    return give(errorAnswer(100, { details: violations.join('; ') }))
  }

  const text = JSON.stringify(body)
  const to = consumerNamed(world, asText(body.to), asText(body.recipient))
  const facts = { operation, phoneNumberId: id, bodyIncludes: text, ...(to === undefined ? {} : { to }) }
  const fault = world.faults.take('api', facts)
  // Held from now on, so that a `release` while the message is being made counts.
  const held = fault?.do === 'hold' ? world.hold() : undefined
  // A fault that does not accept must leave no message behind; it answers by itself, holds or cuts.
  const answer =
    fault && !faultAccepts(fault) ? errorAnswer(131000) : await right(world, operation, owner, id, request, body, query)
  await giveAnswer(reply, seen, fault ? faultyAnswer(fault, answer) : answer, answerHeaders, fault, held)
  world.hooks.start()
}

async function right(
  world: World,
  operation: Operation,
  business: SimulatedBusiness,
  id: string,
  request: FastifyRequest,
  body: Json,
  query: URLSearchParams,
): Promise<Answer> {
  switch (operation) {
    case 'send': {
      const { answer, entry, steps } = acceptMessage(world, id, body)
      if (entry === undefined) return answer
      await world.onAccept(entry)
      await planStatuses(world, entry, steps)
      return answer
    }
    case 'read':
      return markRead(world, id, body)
    case 'create-template':
      return createTemplate(world, business, body)
    case 'list-templates':
      return listTemplates(world, business, id, query)
    case 'delete-template':
      return deleteTemplate(world, business, query)
    case 'begin-upload':
      return beginUpload(world, business, query)
    case 'upload':
      return takeUpload(world, id, request.body as Buffer, String(request.headers.file_offset))
    case 'number': {
      const { displayPhoneNumber } = numberOf(world, id)!.number
      const shown = { verified_name: 'Simulated', quality_rating: 'GREEN', platform_type: 'CLOUD_API' }
      return { status: 200, body: { id, display_phone_number: `+${displayPhoneNumber}`, ...shown } }
    }
    case 'subscribed-apps': {
      const app = { whatsapp_business_api_data: { id: '1', name: 'Simulated', link: 'https://app.example/' } }
      return { status: 200, body: { data: business.unsubscribed === true ? [] : [app] } }
    }
    case 'media':
    case 'file': {
      const file = world.files.get(id)!
      if (operation === 'file') return { status: 200, body: file.bytes, headers: { 'content-type': file.contentType } }
      const url = `${world.baseUrl()}/files/${id}`
      const { contentType, bytes } = file
      const size = String(bytes.length)
      const found = { id, url, mime_type: contentType, sha256: '-', file_size: size, messaging_product: 'whatsapp' }
      return { status: 200, body: found }
    }
  }
}

function markRead(world: World, phoneNumberId: string, body: Json): Answer {
  const read = world.journal.entries.find((entry) => entry.kind === 'inbound' && entry.id === body.message_id)
  if (read === undefined) return errorAnswer(131009, { details: 'message_id is not a message to this number' })
  const { consumer, id } = read
  const entry = { kind: 'read', id, phoneNumberId, consumer, type: body.typing_indicator ? 'typing' : 'read' } as const
  world.journal.append({ ...entry, body: '', opaque: null, at: world.now().toISOString(), request: body })
  return { status: 200, body: { success: true } }
}

function violationsOf(
  operation: Operation,
  request: FastifyRequest,
  body: Json,
  query: URLSearchParams,
): readonly string[] {
  // Uploads are not in the file: `upload-routes.ts` has what Meta's page says of them.
  if (operation === 'begin-upload' || operation === 'upload') return []
  if (operation === 'delete-template') return checkDeletion(query)
  const posts = request.method === 'POST'
  const headers = checkHeaders(request.headers, posts ? ['authorization', 'content-type'] : ['authorization'])
  if (operation === 'send') return [...headers, ...checkMessage(body)]
  if (operation === 'create-template') return [...headers, ...checkTemplateBody(body)]
  // The file shows a read mark among its examples only; its schema has none.
  if (operation === 'read' && !/^wamid\./.test(asText(body.message_id))) return [...headers, 'body message_id is none']
  return headers
}

/** The business to which the number, account or file of the path belongs. */
function ownerOf(world: World, operation: Operation, id: string): SimulatedBusiness | undefined {
  if (operation === 'send' || operation === 'read' || operation === 'number') return numberOf(world, id)?.business
  if (operation === 'media' || operation === 'file')
    return numberOf(world, world.files.get(id)?.phoneNumberId ?? '')?.business
  const wabaId = operation === 'upload' ? world.uploads.get(id)?.wabaId : id
  return world.options.businesses.find((business) => business.wabaId === wabaId)
}

/** An upload's second step wants the word `OAuth`, all others `Bearer`. */
function tokenOf(world: World, authorization: string | undefined, operation: Operation) {
  const scheme = operation === 'upload' ? 'OAuth' : 'Bearer'
  for (const business of world.options.businesses)
    for (const { token, scopes: allowed } of business.tokens)
      if (authorization === `${scheme} ${token}`) return { business, scopes: allowed }
  return undefined
}

const asJson = (value: unknown): Json =>
  value !== null && typeof value === 'object' && !Buffer.isBuffer(value) ? (value as Json) : {}
const asText = (value: unknown): string => (typeof value === 'string' ? value : '')
