import type { ConversationView } from '../live/shapes.ts'
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
 * What this person can do with this conversation now, the likeliest first. The server decides; this only leaves out what
 * it would refuse, by the acts it gave and by whose conversation it is.
 */
export function commandsFor(
  { conversationId, state, owner, joined, offer }: ConversationView,
  userId: string,
  acts: readonly string[],
  transfer: () => void,
): readonly ConversationCommand[] {
  const may = (act: string) => acts.includes(act)
  const mine = owner?.userId === userId
  const within = joined.some((one) => one.userId === userId)
  const command = (id: string, label: string, keys: string | null, run: () => void, main = false) => ({
    id,
    label,
    keys,
    main,
    run,
  })
  const commands: (ConversationCommand | false)[] = [
    state === 'queued' &&
      may('conversations.take') &&
      (offer === null || offer.userId === userId) &&
      command('take', 'Take', 'T', () => void deeds[offer === null ? 'take' : 'accept'](conversationId), true),
    state === 'assigned' &&
      mine &&
      may('conversations.close') &&
      command('close', 'Close', 'E', () => void deeds.close(conversationId)),
    state !== 'closed' && (mine || may('conversations.assign')) && command('transfer', 'Transfer', 'R', transfer),
    state === 'assigned' &&
      mine &&
      command('requeue', 'Back to the queue', null, () => void deeds.requeue(conversationId)),
    state === 'assigned' &&
      !mine &&
      may('conversations.take-over') &&
      command('take-over', 'Take over', null, () => void deeds.takeOver(conversationId)),
    state === 'assigned' &&
      !mine &&
      !within &&
      may('conversations.join') &&
      command('join', 'Join', null, () => void deeds.join(conversationId)),
    within && command('leave', 'Leave', null, () => void deeds.leave(conversationId)),
    state !== 'closed' &&
      !mine &&
      may('conversations.close-any') &&
      command('close', 'Close', 'E', () => void deeds.close(conversationId)),
  ]
  return commands.filter((one) => one !== false)
}
