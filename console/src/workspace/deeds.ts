import { ApiFailure, api } from '../api.ts'
import { currentLive, readInto } from '../live/live-store.ts'
import type { Presence } from '../live/shapes.ts'
import { sentenceOf } from '../ui/sentence-of.ts'
import { toast } from '../ui/toast.tsx'

const at = (conversationId: string) => ({ params: { conversationId } })

/** Where a transfer goes. */
export type Target = { readonly skillId: string } | { readonly userId: string }

/**
 * What one does with a conversation, each told to the server and, when refused, to the person in a sentence. The stream
 * brings the result; nothing here guesses it.
 * @returns whether it was done
 */
export const deeds = {
  /** Whoever takes is there: an agent who was offline is online from then on. */
  take: async (id: string) =>
    (await beThere()) &&
    done('It was not taken', api('POST /api/workspace/conversations/{conversationId}/take', at(id)), id),
  accept: async (id: string) =>
    (await beThere()) &&
    done('It was not accepted', api('POST /api/workspace/conversations/{conversationId}/accept', at(id)), id),
  decline: (id: string) =>
    done('It was not declined', api('POST /api/workspace/conversations/{conversationId}/decline', at(id)), id),
  /** At once and for good; `closeSoon` (closings.ts) can be undone. */
  close: (id: string) =>
    done(
      'It was not closed',
      api('POST /api/workspace/conversations/{conversationId}/close', { ...at(id), keepalive: true }),
      id,
    ),
  requeue: (id: string) =>
    done(
      'It did not go back to the queue',
      api('POST /api/workspace/conversations/{conversationId}/requeue', at(id)),
      id,
    ),
  takeOver: async (id: string) =>
    (await beThere()) &&
    done('It was not taken over', api('POST /api/workspace/conversations/{conversationId}/take-over', at(id)), id),
  join: (id: string) =>
    done('You did not join', api('POST /api/workspace/conversations/{conversationId}/join', at(id)), id),
  leave: (id: string) =>
    done('You did not leave', api('POST /api/workspace/conversations/{conversationId}/leave', at(id)), id),
  transfer: (id: string, target: Target, note: string) =>
    done(
      'It was not transferred',
      api('POST /api/workspace/conversations/{conversationId}/transfer', {
        ...at(id),
        body: { ...target, ...(note === '' ? {} : { note }) },
      }),
      id,
    ),
  presence: (status: Presence) =>
    done('Your status did not change', api('PUT /api/workspace/presence', { body: { status } })),
}

async function beThere(): Promise<boolean> {
  return currentLive().state?.me.presence !== 'offline' || (await deeds.presence('online'))
}

async function done(unless: string, asked: Promise<unknown>, conversationId?: string): Promise<boolean> {
  try {
    await asked
    return true
  } catch (error) {
    toast({ text: `${unless}: ${sentenceOf(error)}`, kind: 'error' })
    return false
  } finally {
    if (conversationId !== undefined) void readThread(conversationId).catch(() => {})
  }
}

let askings = 0

/** Reads a conversation whole and puts it where the workspace shows it. @throws ApiFailure, Unreachable */
export async function readThread(conversationId: string, signal?: AbortSignal): Promise<void> {
  askings += 1
  const asked = askings
  const answer = api('GET /api/workspace/conversations/{conversationId}', {
    ...at(conversationId),
    ...(signal === undefined ? {} : { signal }),
  })
  await readInto(conversationId, answer, (whole, before) => {
    if (before !== undefined && before.asked > asked) return null
    // Pages that were fetched by hand, further up, stay.
    const first = whole.messages[0]
    const older =
      before === undefined || first === undefined || whole.earlierMessages === null
        ? []
        : before.messages.filter((one) => BigInt(one.number) < BigInt(first.number))
    return {
      ...whole,
      asked,
      messages: [...older, ...whole.messages],
      earlierMessages: older.length > 0 ? before!.earlierMessages : whole.earlierMessages,
    }
  })
}

export const isMissing = (error: unknown): boolean => error instanceof ApiFailure && error.status === 404
