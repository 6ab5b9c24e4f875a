import type { ConversationView, Thread } from '../live/shapes.ts'
import { closeSoon } from './closings.ts'
import { deeds } from './deeds.ts'

export interface ConversationCommand {
  readonly id: string
  readonly label: string
  /** As the list of shortcuts shows it; null: by menu and command bar only. */
  readonly keys: string | null
  /** The one that is wanted most just now. */
  readonly main: boolean
  run(): void
}

/**
 * What this person can do with this conversation now, the likeliest first. The server has answered what it would refuse
 * (`acts`); of the rest this leaves out what would change nothing, like taking what one has.
 */
export function commandsFor(
  conversation: ConversationView,
  thread: Thread | null,
  userId: string,
  { transfer, taken }: { transfer(): void; taken(conversationId: string): void },
): readonly ConversationCommand[] {
  const { conversationId: id, state, owner, joined, offer } = conversation
  type Act = Thread['acts'][number]['act']
  const may = (act: Act) => thread?.acts.find((one) => one.act === act)?.refusal === null
  const mine = owner?.userId === userId
  const within = joined.some((one) => one.userId === userId)
  const offered = state === 'queued' && offer?.userId === userId
  const take = async (deed: 'take' | 'accept' | 'takeOver') => {
    if (await deeds[deed](id)) taken(id)
  }
  const all: readonly (readonly [wanted: boolean, command: ConversationCommand])[] = [
    [offered, { id: 'take', label: 'Accept', keys: 'T', main: true, run: () => void take('accept') }],
    [
      state === 'queued' && !offered && may('take'),
      { id: 'take', label: 'Take', keys: 'T', main: true, run: () => void take('take') },
    ],
    [
      state === 'assigned' && may('close'),
      { id: 'close', label: 'Close', keys: 'E', main: false, run: () => closeSoon(conversation) },
    ],
    [
      state !== 'closed' && may('transfer'),
      { id: 'transfer', label: 'Transfer', keys: 'R', main: false, run: transfer },
    ],
    [
      state === 'assigned' && may('requeue'),
      { id: 'requeue', label: 'Back to the queue', keys: null, main: false, run: () => void deeds.requeue(id) },
    ],
    [
      state === 'assigned' && !mine && may('take-over'),
      { id: 'take-over', label: 'Take over', keys: null, main: false, run: () => void take('takeOver') },
    ],
    [
      state === 'assigned' && !mine && !within && may('join'),
      { id: 'join', label: 'Join', keys: null, main: false, run: () => void deeds.join(id) },
    ],
    [
      within && state !== 'closed',
      { id: 'leave', label: 'Leave', keys: null, main: false, run: () => void deeds.leave(id) },
    ],
    [
      state === 'queued' && may('close'),
      { id: 'close', label: 'Close', keys: 'E', main: false, run: () => closeSoon(conversation) },
    ],
  ]
  return all.flatMap(([wanted, command]) => (wanted ? [command] : []))
}
