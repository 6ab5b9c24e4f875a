import { Badge, Button, CloseButton, TextInput } from '@mantine/core'
import { IconTag } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../api.ts'
import { anticipate } from '../live/live-store.ts'
import type { ConversationView } from '../live/shapes.ts'
import { sentenceOf } from '../ui/sentence-of.ts'
import { toast } from '../ui/toast.tsx'
import names from './details-pane.module.css'

/** What it is about, in the agents' own words; to be found and counted by. */
export function Tags({ conversation }: { conversation: ConversationView }) {
  const { conversationId, tags } = conversation
  const [adding, setAdding] = useState<string | null>(null)
  const save = useMutation({
    mutationFn: (next: string[]) => {
      anticipate({ kind: 'conversation', conversation: { ...conversation, tags: next } })
      return api('PUT /api/workspace/conversations/{conversationId}/tags', {
        params: { conversationId },
        body: { tags: next },
      })
    },
    onError: (error) => {
      anticipate({ kind: 'conversation', conversation })
      toast({ text: `The tags were not saved: ${sentenceOf(error)}`, kind: 'error' })
    },
  })
  const add = () => {
    const tag = (adding ?? '').trim()
    setAdding(null)
    if (tag !== '' && !tags.includes(tag)) save.mutate([...tags, tag])
  }
  return (
    <div className={names.tags}>
      {tags.map((tag) => (
        <Badge
          key={tag}
          variant="default"
          rightSection={
            <CloseButton
              size={14}
              aria-label={`Remove the tag ${tag}`}
              onClick={() => save.mutate(tags.filter((one) => one !== tag))}
            />
          }
        >
          <bdi>{tag}</bdi>
        </Badge>
      ))}
      {adding === null ? (
        <Button
          size="compact-xs"
          variant="subtle"
          color="gray"
          leftSection={<IconTag size={14} stroke={1.6} />}
          onClick={() => setAdding('')}
        >
          Add a tag
        </Button>
      ) : (
        <form
          className={names.tagForm}
          onSubmit={(event) => {
            event.preventDefault()
            add()
          }}
        >
          <TextInput
            size="xs"
            w={120}
            maxLength={40}
            aria-label="New tag"
            value={adding}
            autoFocus
            onChange={(event) => setAdding(event.currentTarget.value)}
            onBlur={add}
            onKeyDown={(event) => {
              if (event.key === 'Escape') setAdding(null)
            }}
          />
        </form>
      )}
    </div>
  )
}
