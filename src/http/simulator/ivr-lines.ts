import type { AccountConfig } from '../../domain/account.ts'
import type { Channel } from '../../domain/channel.ts'
import { type Handoff, sendersOf } from '../../domain/handoff.ts'

/** A telephone number that a pretend caller can dial, and the handoff that its menu offers. */
export interface IvrLine {
  readonly number: string
  readonly handoffId: string
  readonly title: string
  readonly channels: readonly Channel[]
  /** Name of the skill that the menu stands for. */
  readonly skill: string
}

/** As many pretend numbers as the range below has room for. */
const mostLines = 99

/**
 * A number for each handoff of the brand, in their order. Only handoffs whose every sender is simulated: what is dialled
 * here must never reach a real phone, whatever the brand was given meanwhile. The app's Web Push is the exception; it
 * reaches only browsers that asked for it on the sandbox's own page.
 */
export function ivrLines(account: AccountConfig): readonly IvrLine[] {
  return [...account.handoffs.values()]
    .sort((a, b) => (a.handoffId < b.handoffId ? -1 : 1))
    .slice(0, mostLines)
    .flatMap((handoff, place) => {
      const skill = skillOf(account, handoff)
      if (skill === null || !handoff.enabled || !isSimulated(account, handoff)) return []
      const { handoffId, title } = handoff
      const number = `+1800555${String(100 + place).padStart(4, '0')}`
      return [{ number, handoffId, title, channels: handoff.channels.map(({ channel }) => channel), skill }]
    })
}

function isSimulated({ senders }: AccountConfig, { channels }: Handoff): boolean {
  const all = channels.flatMap((channel) => [
    ...sendersOf(channel, null),
    ...(channel.channel === 'sms' ? Object.values(channel.senderByIvrNumber) : []),
  ])
  return all.length > 0 && all.every((senderId) => /-(simulator|webpush)$/.test(senders.get(senderId)?.connector ?? ''))
}

/** Support where there is such a skill, as in the sandbox; else the first that takes calls. */
function skillOf({ skills }: AccountConfig, handoff: Handoff): string | null {
  const usable = [...skills.values()]
    .filter((skill) => skill.enabled && skill.engaged && (handoff.skills?.includes(skill.name) ?? true))
    .map(({ name }) => name)
    .sort()
  return usable.find((name) => name === 'support') ?? usable[0] ?? null
}
