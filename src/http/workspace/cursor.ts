import { Problem } from '../../errors.ts'
import type { ListPlace } from '../../store/conversation-views.ts'

const place = /^((20\d\d-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.\d{1,6})?\+00) ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/

/**
 * Where a list goes on, for the caller to give back as it is. It names a place, not a right: the account and the list
 * come with each request, so a cursor of somebody else's leads to nothing of theirs.
 */
export function cursorOf(at: ListPlace | null): string | null {
  return at === null ? null : Buffer.from(`${at.at} ${at.conversationId}`).toString('base64url')
}

/** @throws Problem `invalid-request` for anything that `cursorOf` did not make. */
export function placeOf(cursor: string | undefined): ListPlace | null {
  if (cursor === undefined) return null
  const [, at, date, time, conversationId] = place.exec(Buffer.from(cursor, 'base64url').toString()) ?? []
  if (at === undefined || conversationId === undefined || !isTime(`${date}T${time}`)) {
    throw new Problem('invalid-request', { details: ['The cursor is not one of a list of this server.'] })
  }
  return { at, conversationId }
}

/** `2026-02-28T23:59:59`: the 30th of February is a date to JavaScript, and an error to the database. */
export function isTime(time: string): boolean {
  const parsed = new Date(`${time}Z`)
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(time)
}
