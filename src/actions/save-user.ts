import { randomUUID } from 'node:crypto'
import type { Deps } from '../deps.ts'
import type { AccountConfig } from '../domain/account.ts'
import type { Caller, Role } from '../domain/caller.ts'
import { checkEmail, checkName } from '../domain/check-name.ts'
import { Problem } from '../errors.ts'
import { recordAudit } from '../store/audit.ts'
import { changeAccount, NameTaken } from '../store/change-account.ts'
import { generatedPassword } from '../store/generated-password.ts'
import { hashPassword } from '../store/passwords.ts'
import { endSessionsOf } from '../store/sessions.ts'
import { findUser, insertUser, setUserSkills, updateUser } from '../store/users.ts'

export interface UserChange {
  /** Only when adding: the email is what a person signs in with and stays. */
  readonly email?: string
  readonly name?: string
  readonly role?: Role
  readonly enabled?: boolean
  /** Conversations at once; null: the account's. */
  readonly capacity?: number | null
  /** Names of the skills whose queues the user may take from. */
  readonly skills?: readonly string[]
  /** True: a new password is made and every session of the user ends. A new user always gets one. */
  readonly newPassword?: boolean
}

export interface SavedUser {
  readonly userId: string
  readonly email: string
  readonly name: string
  readonly role: Role
  readonly enabled: boolean
  readonly capacity: number | null
  readonly skills: readonly string[]
  /** Told this once; null when none was made. */
  readonly password: string | null
}

/**
 * Adds a user (`userId` null) with a generated password, or changes one.
 * @throws Problem `not-found`, `invalid-request`, `conflict` when users would lock themselves out; NameTaken, HashingBusy
 */
export async function saveUser(
  deps: Deps,
  caller: Caller,
  accountId: string,
  userId: string | null,
  change: UserChange,
): Promise<SavedUser> {
  const password = userId === null || change.newPassword === true ? generatedPassword() : null
  // Hashing takes a tenth of a second: not under the account's lock.
  const passwordHash = password === null ? null : await hashPassword(password)
  return changeAccount(deps, caller, accountId, async (tx, config) => {
    const found = userId === null ? null : await findUser(tx, accountId, userId)
    if (userId !== null && found === null) throw new Problem('not-found')
    const nameOf = (skillId: string) => config.skills.get(skillId)?.name ?? skillId
    const before = found && { ...shown(found), skills: found.skillIds.map(nameOf) }
    if (before !== null && change.email !== undefined && change.email !== before.email) {
      throw new Problem('invalid-request', { details: ['The email of a user cannot change: add a new user.'] })
    }
    const after = {
      userId: userId ?? randomUUID(),
      email: change.email ?? before?.email ?? '',
      name: change.name ?? before?.name ?? change.email ?? '',
      role: change.role ?? before?.role ?? 'agent',
      enabled: change.enabled ?? before?.enabled ?? true,
      capacity: change.capacity === undefined ? (before?.capacity ?? null) : change.capacity,
      skills: change.skills ?? before?.skills ?? [],
    }
    const faults = [checkEmail(after.email), checkName('The name', after.name), ...unknownSkills(after.skills, config)]
    const real = faults.filter((fault) => fault !== null)
    if (real.length > 0) throw new Problem('invalid-request', { details: real })
    if (caller.kind === 'user' && caller.userId === userId && (!after.enabled || after.role !== before?.role)) {
      throw new Problem('conflict', { sentence: 'You cannot disable yourself or change your own role' })
    }

    if (before === null) {
      if (!(await insertUser(tx, accountId, { ...after, passwordHash })))
        throw new NameTaken('A user with this email exists already.')
      const { enabled, capacity } = after
      if (!enabled || capacity !== null) await updateUser(tx, accountId, after.userId, { enabled, capacity })
    } else {
      await updateUser(tx, accountId, after.userId, {
        name: after.name,
        role: after.role,
        enabled: after.enabled,
        capacity: after.capacity,
        ...(passwordHash === null ? {} : { passwordHash }),
      })
      if (passwordHash !== null || !after.enabled) await endSessionsOf(tx, accountId, after.userId)
    }
    if (change.skills !== undefined) {
      const ids = change.skills.map((name) => config.skillsByName.get(name)!.skillId)
      await setUserSkills(tx, accountId, after.userId, ids)
    }
    await recordAudit(tx, accountId, caller, {
      action: before === null ? 'user.create' : 'user.change',
      subject: after.userId,
      before,
      after: { ...after, ...(password === null ? {} : { newPassword: true }) },
    })
    return { ...after, password }
  })
}

function shown(user: Omit<SavedUser, 'skills' | 'password'>) {
  const { userId, email, name, role, enabled, capacity } = user
  return { userId, email, name, role, enabled, capacity }
}

function unknownSkills(skills: readonly string[], config: AccountConfig): readonly string[] {
  return skills.filter((skill) => !config.skillsByName.has(skill)).map((skill) => `There is no skill "${skill}".`)
}
