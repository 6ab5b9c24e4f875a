import { randomBytes } from 'node:crypto'
import { type Answer, errorAnswer } from './answers.ts'
import type { SimulatedBusiness } from './options.ts'
import type { World } from './world.ts'

/** What Meta's page on resumable uploads lets in. */
const types = new Set(['application/pdf', 'image/jpeg', 'image/jpg', 'image/png', 'video/mp4'])

/** Begins an upload: the answer names the session. */
export function beginUpload(world: World, business: SimulatedBusiness, query: URLSearchParams): Answer {
  const contentType = query.get('file_type') ?? ''
  const length = Number(query.get('file_length'))
  if (!types.has(contentType) || !(length > 0))
    return errorAnswer(100, { details: 'file_type or file_length is wrong' })
  const id = `upload:${randomBytes(24).toString('base64url')}=?sig=${randomBytes(8).toString('base64url')}`
  world.uploads.set(id, { wabaId: business.wabaId, contentType, length, bytes: null })
  return { status: 200, body: { id } }
}

/** Takes the whole file and gives its handle; a file of another length than was said is refused. */
export function takeUpload(world: World, id: string, bytes: Buffer, offset: string): Answer {
  const upload = world.uploads.get(id)
  if (upload === undefined) return errorAnswer(100, { subcode: 33 })
  if (offset !== '0' || bytes.length !== upload.length)
    return errorAnswer(100, { details: 'file_offset or the length of the file is wrong' })
  upload.bytes = bytes
  const handle = `4::${Buffer.from(upload.contentType).toString('base64')}:${randomBytes(12).toString('base64url')}`
  world.handles.set(handle, upload)
  return { status: 200, body: { h: handle } }
}
