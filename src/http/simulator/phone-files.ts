import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { largestFile } from '../../actions/upload-file.ts'
import type { Deps } from '../../deps.ts'
import { checkFileName, keptFileName } from '../../domain/check-file-name.ts'
import { sniffedType } from '../../domain/sniffed-type.ts'
import { Problem } from '../../errors.ts'
import { readPhoneFile, type SimulatorFile } from '../../store/simulator-files.ts'
import { downloadHeaders } from '../download-headers.ts'
import { fileBody, fileHeaders, fileIn } from '../file-body.ts'
import { problemAnswer } from '../problem-answer.ts'
import { fromHere } from '../same-site.ts'
import { uuidParam } from '../uuid-param.ts'
import { phoneMessage, presentPhoneMessage } from './phone-message.ts'
import { phoneNames } from './phone-names.ts'
import { sendFromPhone } from './send-from-phone.ts'

/** What a pretend phone has to send: what MMS and WhatsApp both carry, and every browser shows. */
const carried: ReadonlySet<string> = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/webp', 'application/pdf'])

const number = Type.String({
  minLength: 1,
  maxLength: 100,
  description: 'The pretend phone’s number in E.164, with or without the plus.',
  examples: ['+12065551004'],
})

/** Pictures and PDF files that the owners of pretend phones send. */
export async function phoneFiles(scope: FastifyInstance, { deps }: { deps: Deps }): Promise<void> {
  fileBody(scope)
  const ours = new URL(deps.publicUrl).origin
  // A body of any type can be sent by any site without asking, and nobody signs in here: programs may, other pages not.
  scope.addHook('onRequest', async (request) => {
    const { origin, 'sec-fetch-site': site } = request.headers
    if (request.method === 'POST' && (origin !== undefined || site !== undefined) && !fromHere(request, ours))
      throw new Problem('cross-site')
  })
  const routes = scope.withTypeProvider<TypeBoxTypeProvider>()
  const tags = ['Simulator']

  routes.post(
    '/simulator/phones/:number/files',
    {
      bodyLimit: largestFile,
      schema: {
        ...{ tags, params: Type.Object({ number }), summary: 'Send a picture from a pretend phone' },
        description:
          'The body is the file as it is, at most 5 MB: a picture (JPEG, PNG, GIF, WebP) or a PDF file, which its own bytes say. `x-file-name` is its name, percent-encoded. The server hears of it by the same signed webhook as a real provider’s, and fetches it when an agent looks. Only in the sandbox.',
        headers: fileHeaders,
        querystring: Type.Object(
          {
            channel: Type.Enum(['sms', 'wa'], { description: '`sms` or `wa`.' }),
            to: Type.Optional(
              Type.String({ minLength: 1, maxLength: 255, description: 'As with a text: the sender’s address.' }),
            ),
          },
          { additionalProperties: false },
        ),
        response: { 201: phoneMessage, '4xx': problemAnswer, 503: problemAnswer },
      },
    },
    async (request, reply) => {
      const { channel, to = null } = request.query
      const picked = { channel, to, text: '', file: checkedFile(fileIn(request)) }
      return reply.code(201).send(presentPhoneMessage(await sendFromPhone(deps, request.params.number, picked)))
    },
  )

  routes.get(
    '/simulator/phones/:number/files/:id',
    {
      schema: {
        ...{ tags, params: Type.Object({ number, id: Type.String() }), summary: 'A file that a pretend phone sent' },
        description: '`id` is its message’s. Always a download. Only in the sandbox.',
        response: { '4xx': problemAnswer },
      },
    },
    async (request, reply) => {
      const file = await readPhoneFile(deps.db, phoneNames(request.params.number), uuidParam(request.params.id))
      if (file === null) throw new Problem('not-found')
      return reply.headers(downloadHeaders(file)).send(file.bytes as never)
    },
  )
}

/** @throws Problem `invalid-request` for what its own bytes do not show to be a picture or a PDF file, or a name too odd. */
function checkedFile(given: ReturnType<typeof fileIn>): SimulatorFile {
  const { bytes, declaredType } = given
  const fileName = keptFileName(given.fileName)
  const contentType = sniffedType(bytes, declaredType)
  const wrongName = checkFileName(fileName)
  const faults: string[] = wrongName === null ? [] : [wrongName]
  if (contentType === null || !carried.has(contentType))
    faults.push('This phone sends pictures (JPEG, PNG, GIF or WebP) and PDF files; this file is neither.')
  if (faults.length > 0 || contentType === null) throw new Problem('invalid-request', { details: faults })
  return { bytes, contentType, fileName }
}
