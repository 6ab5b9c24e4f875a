/** Which agents may take a conversation. `engaged` means it has an engagement: it is switched on for deflection and may be named by an IVR. */
export interface Skill {
  readonly skillId: string
  readonly name: string
  readonly enabled: boolean
  readonly engaged: boolean
}

/** True when an IVR may name this skill (contract code 1300 otherwise). */
export function skillUsable(skill: Skill | undefined): skill is Skill {
  return skill?.enabled === true && skill.engaged
}
