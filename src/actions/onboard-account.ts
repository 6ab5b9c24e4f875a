import { randomInt, randomUUID } from 'node:crypto'
import type { Deps } from '../deps.ts'
import { type AccountConfig, defaultSettings, type Privilege, type Region } from '../domain/account.ts'
import type { Caller, Role } from '../domain/caller.ts'
import { checkHandoff, draftOf, type HandoffDraft } from '../domain/check-handoff.ts'
import { checkEmail, checkName } from '../domain/check-name.ts'
import { checkSender, secretNamesOf } from '../domain/check-sender.ts'
import { checkSettings } from '../domain/check-settings.ts'
import { changedSettings, type SettingsChange } from '../domain/settings-draft.ts'
import type { Template } from '../domain/template.ts'
import { Problem } from '../errors.ts'
import { loadAccountConfig } from '../store/account-config.ts'
import { insertAccount } from '../store/accounts.ts'
import { type IssuedApiKey, insertApiKey } from '../store/api-keys.ts'
import { type IssuedApp, insertAppInstall, insertInternalApp } from '../store/app-installs.ts'
import { recordAudit } from '../store/audit.ts'
import { configuring, NameTaken } from '../store/change-account.ts'
import type { DbOrTx } from '../store/db.ts'
import { generatedPassword } from '../store/generated-password.ts'
import { keepVersion } from '../store/handoff-versions.ts'
import { insertHandoff } from '../store/handoffs.ts'
import { insertInternalUser } from '../store/internal-user.ts'
import { hashPassword } from '../store/passwords.ts'
import { insertSender } from '../store/senders.ts'
import { putSettings } from '../store/settings.ts'
import { insertSkill } from '../store/skills.ts'
import { insertTemplate } from '../store/templates.ts'
import { insertUser, setUserSkills } from '../store/users.ts'

export interface Onboarding {
  readonly accountId: string
  readonly title: string
  readonly region: Region
  /** Null leaves them unsaved: the contract then answers 1600 until somebody saves them. */
  readonly settings: SettingsChange | null
  /** Names; each is switched on for deflection. */
  readonly skills: readonly string[]
  /** The first administrator comes first; each gets a generated password. */
  readonly users: readonly {
    readonly email: string
    readonly name: string
    readonly role: Role
    readonly skills: readonly string[]
  }[]
  readonly senders: readonly {
    readonly connector: string
    readonly address: string
    readonly title: string
    readonly settings: Readonly<Record<string, unknown>>
  }[]
  readonly templates: readonly Omit<Template, 'templateId'>[]
  /** Senders are named by their address, templates by their name: nobody knows their ids yet. */
  readonly handoffs: readonly (HandoffDraft & { readonly handoffId?: string })[]
  /** What the first API key and the first app may do. */
  readonly privileges: readonly Privilege[]
}

export interface Onboarded {
  readonly accountId: string
  readonly title: string
  readonly region: Region
  readonly apiKey: IssuedApiKey
  readonly app: IssuedApp
  readonly users: readonly {
    readonly userId: string
    readonly email: string
    readonly password: string
    readonly role: Role
  }[]
  readonly skills: readonly { readonly skillId: string; readonly name: string }[]
  readonly senders: readonly { readonly senderId: string; readonly connector: string; readonly address: string }[]
  readonly handoffs: readonly { readonly handoffId: string; readonly title: string }[]
  readonly warnings: readonly string[]
}

/**
 * Makes a brand with everything it needs to be called, in one `tx`: all of it or nothing.
 * Secrets in the answer are told this once.
 * @throws Problem `already-exists` for an account id that is taken, `invalid-request` with a sentence for each fault; NameTaken
 */
export async function onboardAccount(deps: Deps, caller: Caller, input: Onboarding): Promise<Onboarded> {
  const { accountId } = input
  refuse(faultsOfNames(input))
  const users = await Promise.all(
    input.users.map(async (user) => {
      const password = generatedPassword()
      return { ...user, userId: randomUUID(), password, passwordHash: await hashPassword(password) }
    }),
  )
  return configuring(deps, accountId, async (tx) => {
    if (!(await insertAccount(tx, input))) {
      throw new Problem('already-exists', { details: [`The account ${accountId} exists already.`] })
    }
    const config = async () => (await loadAccountConfig(tx, deps.cipher, accountId))!
    await insertInternalUser(tx, accountId)
    await insertInternalApp(tx, accountId)
    const credential = { title: 'IVR', privileges: input.privileges }
    const apiKey = (await insertApiKey(tx, deps.cipher, accountId, credential))!
    const app = await insertAppInstall(tx, accountId, credential)

    const skills: { skillId: string; name: string }[] = []
    for (const name of input.skills)
      skills.push({ name, skillId: await insertSkill(tx, accountId, { name, engaged: true }) })
    if (input.settings !== null) await addSettings(tx, input.settings, await config())
    for (const user of users) {
      if (!(await insertUser(tx, accountId, user))) throw new NameTaken('Two users have the same email.')
      const ids = skills.filter((skill) => user.skills.includes(skill.name)).map((skill) => skill.skillId)
      await setUserSkills(tx, accountId, user.userId, ids)
    }
    const senders = await addSenders(deps, tx, input)
    for (const template of input.templates) await insertTemplate(tx, accountId, template)
    const { handoffs, warnings } = await addHandoffs(tx, input, await config())
    warnings.push(...warningsOfRegion(deps, input.region))

    const { title, region } = input
    await recordAudit(tx, accountId, caller, {
      action: 'account.create',
      subject: accountId,
      before: null,
      after: {
        title,
        region,
        skills: input.skills,
        handoffs,
        users: users.map(({ userId, role }) => ({ userId, role })),
      },
    })
    return {
      accountId,
      title,
      region,
      apiKey,
      app,
      users: users.map(({ userId, email, password, role }) => ({ userId, email, password, role })),
      skills,
      senders,
      handoffs,
      warnings,
    }
  })
}

function faultsOfNames(input: Onboarding): readonly (string | null)[] {
  return [
    /^[0-9]{1,20}$/.test(input.accountId) ? null : 'The account id must be 1 to 20 digits.',
    checkName('The name', input.title),
    ...input.skills.map((skill) => checkName('The name of a skill', skill)),
    new Set(input.skills).size < input.skills.length ? 'Each skill can be named once.' : null,
    ...input.users.flatMap((user) => [checkEmail(user.email), checkName('The name of a user', user.name)]),
    ...input.senders.flatMap((sender) => [
      checkName('The title of a sender', sender.title),
      checkName('The address of a sender', sender.address),
    ]),
    ...input.handoffs.map((handoff) => checkName('The title of a handoff', handoff.title)),
  ]
}

/** @throws Problem `invalid-request` when there is a fault among them. */
function refuse(faults: readonly (string | null)[]): void {
  const details = [...new Set(faults.filter((fault) => fault !== null))]
  if (details.length > 0) throw new Problem('invalid-request', { details })
}

async function addSettings(tx: DbOrTx, given: SettingsChange, config: AccountConfig): Promise<void> {
  const settings = changedSettings(defaultSettings, given, config)
  refuse(checkSettings(settings, config))
  await putSettings(tx, config.accountId, settings)
}

async function addSenders(deps: Deps, tx: DbOrTx, { accountId, senders }: Onboarding): Promise<Onboarded['senders']> {
  const added = []
  for (const sender of senders) {
    const connector = deps.connectors.get(sender.connector)
    if (connector === undefined) {
      const known = [...deps.connectors.keys()].join(', ')
      throw new Problem('invalid-request', {
        details: [`There is no connector "${sender.connector}"; known: ${known}.`],
      })
    }
    refuse(checkSender(connector, sender))
    const secretNames = secretNamesOf(connector)
    const senderId = await insertSender(tx, deps.cipher, accountId, {
      ...sender,
      channel: connector.channel,
      secretNames,
    })
    added.push({ senderId, connector: sender.connector, address: sender.address })
  }
  return added
}

/** A brand of another cell can be kept here, and not called here. */
function warningsOfRegion({ config }: Deps, region: Region): readonly string[] {
  if (region === config.region) return []
  const home = config.regionHosts[region]
  const told =
    home === undefined ? 'and REGION_HOSTS does not say where they belong.' : `and told that they belong to ${home}.`
  return [`This server serves the region ${config.region}: calls of this brand are answered 404 here, ${told}`]
}

async function addHandoffs(
  tx: DbOrTx,
  { handoffs }: Onboarding,
  config: AccountConfig,
): Promise<{ handoffs: Onboarded['handoffs']; warnings: string[] }> {
  const added = []
  const warnings: string[] = []
  for (const { handoffId = `H${String(randomInt(2 ** 47)).padStart(15, '0')}`, ...draft } of handoffs) {
    const checked = checkHandoff(handoffId, draft, config)
    refuse(checked.faults)
    warnings.push(...checked.warnings)
    await insertHandoff(tx, config.accountId, checked.handoff)
    const state = { before: null, after: draftOf(checked.handoff) }
    await keepVersion(tx, config.accountId, handoffId, 'system', state)
    added.push({ handoffId, title: checked.handoff.title })
  }
  return { handoffs: added, warnings }
}
