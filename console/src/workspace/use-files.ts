import { useState } from 'react'
import { api } from '../api.ts'
import { toast } from '../ui/toast.tsx'

export interface ReadyFile {
  readonly key: string
  readonly name: string
  readonly contentType: string
  /** Null while it is on its way to the server. */
  readonly fileId: string | null
  /** A picture's own look, before anybody has it. */
  readonly preview: string | null
}

export const fileTypes = [
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/webp',
  'application/pdf',
  'audio/mpeg',
  'audio/ogg',
  'video/mp4',
]
const mostBytes = 5 * 1024 * 1024
const kept = new Map<string, readonly ReadyFile[]>()

/** Files that go with the next reply of a conversation. They stay with it while one looks at another. */
export function useFiles(conversationId: string) {
  const [, renew] = useState(0)
  const files = kept.get(conversationId) ?? []
  const set = (change: (before: readonly ReadyFile[]) => readonly ReadyFile[]) => {
    kept.set(conversationId, change(kept.get(conversationId) ?? []))
    renew((count) => count + 1)
  }
  const remove = (key: string) =>
    set((before) => {
      const gone = before.find((one) => one.key === key)
      if (gone?.preview != null) URL.revokeObjectURL(gone.preview)
      return before.filter((one) => one.key !== key)
    })
  const add = async (file: File) => {
    const refusal = refusalOf(file)
    if (refusal !== null) return toast({ text: refusal, kind: 'error' })
    const key = crypto.randomUUID()
    const preview = file.type.startsWith('image/') ? URL.createObjectURL(file) : null
    set((before) => [...before, { key, name: file.name, contentType: file.type, fileId: null, preview }])
    try {
      // @ts-expect-error the route is on its way
      const { fileId } = await api('POST /api/workspace/conversations/{conversationId}/files', {
        params: { conversationId },
        query: { name: file.name },
        body: file,
      })
      set((before) => before.map((one) => (one.key === key ? { ...one, fileId } : one)))
    } catch (error) {
      remove(key)
      toast({ text: `${file.name} was not added: ${(error as Error).message}`, kind: 'error' })
    }
  }
  return {
    files,
    remove,
    add: (given: Iterable<File>) => {
      for (const file of given) void add(file)
    },
    clear: () => set(() => []),
  }
}

function refusalOf({ name, type, size }: File): string | null {
  if (size > mostBytes) return `${name} is ${(size / 1024 / 1024).toFixed(1)} MB; at most 5 MB can be sent.`
  if (size === 0) return `${name} is empty.`
  if (!fileTypes.includes(type)) return `${name} cannot be sent: pictures, PDF, audio and video can.`
  return null
}
