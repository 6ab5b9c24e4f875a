import type { Deps } from '../deps.ts'
import type { Role, UserCaller } from '../domain/caller.ts'
import { type Act, actsOf } from '../domain/policy.ts'
import { sandboxAccountId } from '../domain/sandbox-account.ts'
import type { Skill } from '../domain/skill.ts'
import { Problem } from '../errors.ts'
import { findUser } from '../store/users.ts'

export interface SessionView {
  readonly accountId: string
  readonly accountTitle: string
  readonly userId: string
  readonly name: string
  readonly email: string
  readonly role: Role
  /** The skills whose queues the user may take from. */
  readonly skills: Pick<Skill, 'skillId' | 'name'>[]
  /** What the user may do: a page shows what is in here and need not know the rules. */
  readonly acts: Act[]
  /** The brand is the sandbox's: pretend phones and providers are here to be played with. */
  readonly sandbox: boolean
}

/** Who is signed in, and what that person may do. */
export async function readSession(deps: Deps, caller: UserCaller): Promise<SessionView> {
  const [user, account] = await Promise.all([
    findUser(deps.db, caller.accountId, caller.userId),
    deps.accounts.get(caller.accountId),
  ])
  if (user === null || account === null) throw new Problem('unauthenticated')
  return {
    accountId: caller.accountId,
    accountTitle: account.title,
    userId: user.userId,
    name: user.name,
    email: user.email,
    role: user.role,
    skills: user.skillIds.map((skillId) => ({ skillId, name: account.skills.get(skillId)?.name ?? '' })),
    acts: [...actsOf(caller)],
    sandbox: deps.config.sandbox && caller.accountId === sandboxAccountId,
  }
}
