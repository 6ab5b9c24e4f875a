import { Button, Group, Modal, Text, TextInput } from '@mantine/core'
import { type ReactNode, useState, useSyncExternalStore } from 'react'

export interface Question {
  readonly title: string
  /** What will happen, and that it cannot be undone if so. */
  readonly text: ReactNode
  /** The act, as a verb: "Disable the key". */
  readonly yes: string
  readonly danger?: boolean
  /** Only for what cannot be undone: the person types this word first. */
  readonly typed?: string
}

type Asked = Question & { readonly id: number; answer(yes: boolean): void }

let asked: Asked | null = null
let last = 0
const watchers = new Set<() => void>()

/** Asks before an act: `if (await confirm({ … })) …`. Prefer undo (see `toast`) where something can be undone. */
export function confirm(question: Question): Promise<boolean> {
  asked?.answer(false)
  last += 1
  return new Promise((resolve) => {
    show({
      ...question,
      id: last,
      answer(yes) {
        show(null)
        resolve(yes)
      },
    })
  })
}

function show(next: Asked | null): void {
  asked = next
  for (const watcher of watchers) watcher()
}

function watch(watcher: () => void): () => void {
  watchers.add(watcher)
  return () => watchers.delete(watcher)
}

/** Where questions appear; once on the page. */
export function ConfirmHost() {
  const question = useSyncExternalStore(watch, () => asked)
  if (question === null) return null
  return <OneQuestion key={question.id} question={question} />
}

function OneQuestion({ question: { title, text, yes, danger = false, typed, answer } }: { question: Asked }) {
  const [word, setWord] = useState('')
  return (
    <Modal opened onClose={() => answer(false)} title={title}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          answer(true)
        }}
      >
        <Text size="sm" component="div">
          {text}
        </Text>
        {typed !== undefined && (
          <TextInput
            mt="md"
            label={`Type ${typed} to go on`}
            value={word}
            autoComplete="off"
            data-autofocus
            onChange={(event) => setWord(event.currentTarget.value)}
          />
        )}
        <Group justify="flex-end" mt="lg" gap="sm">
          <Button variant="default" onClick={() => answer(false)}>
            Cancel
          </Button>
          <Button type="submit" color={danger ? 'red' : 'teal'} disabled={typed !== undefined && word.trim() !== typed}>
            {yes}
          </Button>
        </Group>
      </form>
    </Modal>
  )
}
