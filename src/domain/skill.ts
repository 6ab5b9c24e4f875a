import { type AutoTexts, checkAutoTexts, noTexts } from './auto-text.ts'
import { checkOpeningHours, type OpeningHours } from './opening-hours.ts'
import { defaultRouting, offerSecondsRange, priorityRange, type SkillRouting } from './routing.ts'

/** How the conversations of a skill are worked on. */
export interface SkillWork extends SkillRouting {
  /** When its agents are there; null: always. */
  readonly hours: OpeningHours | null
  /** Null: the account's words; empty: silence. */
  readonly texts: AutoTexts
  /** Whether the consumer is asked, after closing, how it was. */
  readonly surveyOn: boolean
  /** Minutes of the consumer's silence after an answer; null: the account's. */
  readonly closeAfterMinutes: number | null
}

/** Which agents may take a conversation. `engaged` means it has an engagement: it is switched on for deflection and may be named by an IVR. */
export interface Skill extends SkillWork {
  readonly skillId: string
  readonly name: string
  readonly enabled: boolean
  readonly engaged: boolean
}

export const defaultSkillWork: SkillWork = {
  ...defaultRouting,
  hours: null,
  texts: noTexts,
  surveyOn: false,
  closeAfterMinutes: null,
}
/** At most a month: longer is never. */
export const closeAfterRange = { least: 1, most: 43_200 }

/** True when an IVR may name this skill (contract code 1300 otherwise). */
export function skillUsable(skill: Skill | undefined): skill is Skill {
  return skill?.enabled === true && skill.engaged
}

/** What stops this from being saved, each a sentence for the administrator; empty: nothing. */
export function checkSkillWork(work: SkillWork): readonly string[] {
  const faults = [...checkOpeningHours(work.hours), ...checkAutoTexts(work.texts)]
  if (!within(work.offerSeconds, offerSecondsRange)) {
    faults.push(`An offer stands for ${offerSecondsRange.least} to ${offerSecondsRange.most} seconds.`)
  }
  if (!within(work.priority, priorityRange)) {
    faults.push(`The priority must be ${priorityRange.least} to ${priorityRange.most}.`)
  }
  if (work.closeAfterMinutes !== null && !within(work.closeAfterMinutes, closeAfterRange)) {
    faults.push(`Closing after silence takes ${closeAfterRange.least} to ${closeAfterRange.most} minutes.`)
  }
  return faults
}

const within = (value: number, { least, most }: { least: number; most: number }) =>
  Number.isInteger(value) && value >= least && value <= most
