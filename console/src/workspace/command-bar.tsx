import { Kbd } from '@mantine/core'
import { Spotlight, type SpotlightActionGroupData, spotlight } from '@mantine/spotlight'
import { IconSearch } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import type { ConversationView } from '../live/shapes.ts'
import type { ConversationCommand } from './conversation-commands.ts'
import { channelWords, nameOf } from './lists.ts'
import type { Shortcut } from './use-shortcuts.ts'

export const openCommandBar = spotlight.open

const keyMark = (keys: string) => <Kbd size="xs">{keys.toUpperCase()}</Kbd>

/** Everything by typing a few letters: what can be done with this conversation, the keys' acts, and every open conversation. */
export function CommandBar({
  commands,
  shortcuts,
  conversations,
}: {
  commands: readonly ConversationCommand[]
  shortcuts: readonly Shortcut[]
  conversations: readonly ConversationView[]
}) {
  const navigate = useNavigate()
  const groups: SpotlightActionGroupData[] = [
    {
      group: 'This conversation',
      actions: commands.map(({ id, label, keys, run }) => ({
        id: `this-${id}`,
        label,
        rightSection: keys === null ? null : keyMark(keys),
        onClick: run,
      })),
    },
    {
      group: 'Workspace',
      actions: shortcuts
        .filter(({ notInBar }) => notInBar !== true)
        .map(({ keys, label, run }) => ({ id: `key-${keys}`, label, rightSection: keyMark(keys), onClick: run })),
    },
    {
      group: 'Conversations',
      actions: conversations.map((one) => ({
        id: one.conversationId,
        label: nameOf(one),
        description: `${channelWords[one.channel]} · ${one.skill.name} · ${one.state}`,
        keywords: [one.consumer.address.replace(/[^0-9]/g, ''), ...one.tags],
        onClick: () =>
          void navigate({ to: '/workspace/$conversationId', params: { conversationId: one.conversationId } }),
      })),
    },
  ]
  return (
    <Spotlight
      title="Commands"
      actions={groups.filter((group) => group.actions.length > 0)}
      shortcut={null}
      limit={12}
      scrollable
      maxHeight={420}
      nothingFound="Nothing is called so"
      overlayProps={{ backgroundOpacity: 0.4, blur: 0 }}
      transitionProps={{ duration: 80 }}
      searchProps={{
        leftSection: <IconSearch size={18} stroke={1.6} />,
        placeholder: 'What do you want to do, or whom do you look for?',
        'aria-label': 'Command or conversation',
      }}
    />
  )
}
