import type { AccountConfig, AccountSettings } from './account.ts'
import { checkAutoTexts } from './auto-text.ts'
import { capacityRange } from './routing.ts'
import { closeAfterRange } from './skill.ts'
import { isTimeZone } from './time-zone.ts'

const timeOfDay = /^([01][0-9]|2[0-3]):[0-5][0-9]$/

/** What stops these settings from being saved, each a sentence for the administrator; empty: nothing. */
export function checkSettings(settings: AccountSettings, config: AccountConfig): readonly string[] {
  const faults: string[] = []
  if (new Set(settings.channels).size < settings.channels.length) faults.push('Each channel can be named once.')
  if (settings.defaultSkillId !== null && config.skills.get(settings.defaultSkillId)?.enabled !== true) {
    faults.push('The default skill must be an enabled skill of this account.')
  }
  if (!whole(settings.rateLimit, 1, 10_000)) faults.push('The rate limit must be 1 to 10000 requests a second.')
  const { quietHours, consumerCap } = settings
  if (quietHours !== null) {
    if (!timeOfDay.test(quietHours.from) || !timeOfDay.test(quietHours.to)) {
      faults.push('Quiet hours go from one time to another, each like 21:00.')
    } else if (quietHours.from === quietHours.to) {
      faults.push('Quiet hours that begin and end at the same time would be a whole day or nothing.')
    }
    if (!isTimeZone(quietHours.timeZone)) faults.push('The time zone must be a name such as Europe/London.')
  }
  if (consumerCap !== null && !(whole(consumerCap.invites, 1, 1_000) && whole(consumerCap.hours, 1, 720))) {
    faults.push('The cap for a consumer must be 1 to 1000 invites within 1 to 720 hours.')
  }
  faults.push(...checkAutoTexts(settings.texts))
  const { closeAfterMinutes, waitingAfterMinutes, agentCapacity } = settings
  if (closeAfterMinutes !== null && !whole(closeAfterMinutes, closeAfterRange.least, closeAfterRange.most)) {
    faults.push(`Closing after silence takes ${closeAfterRange.least} to ${closeAfterRange.most} minutes.`)
  }
  if (!whole(waitingAfterMinutes, 1, 1_440)) faults.push('The text for those who wait comes after 1 to 1440 minutes.')
  if (!whole(agentCapacity, capacityRange.least, capacityRange.most)) {
    faults.push(`An agent has ${capacityRange.least} to ${capacityRange.most} conversations at once.`)
  }
  return faults
}

const whole = (value: number, least: number, most: number) => Number.isInteger(value) && value >= least && value <= most
