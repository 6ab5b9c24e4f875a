import { useState } from 'react'
import { upload } from '../api.ts'
import { fileRefusal } from '../ui/file-refusal.ts'
import { sentenceOf } from '../ui/sentence-of.ts'
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

/** What the dialog offers; what a file really is, the server reads from its bytes. */
export const offeredTypes = 'image/*,audio/*,video/mp4,application/pdf,text/plain,.docx,.xlsx,.pptx,.doc,.xls,.ppt'
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
    const refusal = fileRefusal(file)
    if (refusal !== null) return toast({ text: refusal, kind: 'error' })
    const key = crypto.randomUUID()
    const preview = file.type.startsWith('image/') ? URL.createObjectURL(file) : null
    set((before) => [...before, { key, name: file.name, contentType: file.type, fileId: null, preview }])
    try {
      const { fileId } = await upload('POST /api/workspace/conversations/{conversationId}/files', {
        params: { conversationId },
        file,
      })
      set((before) => before.map((one) => (one.key === key ? { ...one, fileId } : one)))
    } catch (error) {
      remove(key)
      toast({ text: `${file.name} was not added: ${sentenceOf(error)}`, kind: 'error' })
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
