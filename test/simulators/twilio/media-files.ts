import type { FastifyInstance } from 'fastify'
import { errorAnswer } from './answers.ts'
import { newSid } from './message-book.ts'
import { authenticated, type World } from './world.ts'

/** Keeps a file that a consumer sends. @returns the path of Twilio's media resource. */
export function keepFile(
  world: World,
  place: { readonly accountSid: string; readonly messageSid: string },
  file: { readonly contentType: string; readonly base64: string },
): string {
  const sid = newSid('ME')
  world.files.set(sid, { contentType: file.contentType, bytes: Buffer.from(file.base64, 'base64') })
  return `/2010-04-01/Accounts/${place.accountSid}/Messages/${place.messageSid}/Media/${sid}`
}

/** The media resource wants credentials and sends on to the store, which must never see them. */
export function mediaRoutes(app: FastifyInstance, world: World): void {
  app.get<{ Params: { AccountSid: string; Sid: string } }>(
    '/2010-04-01/Accounts/:AccountSid/Messages/:MessageSid/Media/:Sid',
    (request, reply) => {
      const account = authenticated(world, request.headers.authorization)
      if (account?.accountSid !== request.params.AccountSid) return reply.code(401).send(errorAnswer(20003, 401).body)
      if (!world.files.has(request.params.Sid)) return reply.code(404).send(errorAnswer(20404, 404).body)
      return reply.code(307).header('location', `/stored-files/${request.params.Sid}`).send()
    },
  )
  app.get<{ Params: { Sid: string } }>('/stored-files/:Sid', (request, reply) => {
    if (request.headers.authorization !== undefined) world.violations.push('the store of files was shown credentials')
    const file = world.files.get(request.params.Sid)
    if (!file) return reply.code(404).send()
    return reply.code(200).type(file.contentType).send(file.bytes)
  })
}
