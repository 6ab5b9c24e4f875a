import type { Privilege } from './account.ts'
import type { Caller, Role } from './caller.ts'

/** Those a rule can name: a user's role, the deployment's operator, or a credential that holds a privilege. */
type Who = Role | 'operator' | Privilege

const configuring = ['administrator', 'operator', 'admin'] as const
const campaigning = ['administrator', 'campaign-manager', 'operator', 'admin'] as const
const handling = ['administrator', 'agent-manager', 'agent'] as const
const overseeing = ['administrator', 'agent-manager'] as const

/**
 * Who may do what: the whole of it, a row an act. Roles follow the original's matrix (reference: roles), with the
 * operator in the place of LivePerson's staff. Whatever depends on one conversation (whose is it, which skill, has the
 * consumer opted out) is decided on top of this by `conversation-acts.ts`.
 *
 * The operator configures brands but never reads what their consumers write. `internal` users and jobs have no row.
 */
const policy = {
  'accounts.read': ['operator'],
  'accounts.create': ['operator'],
  'accounts.change': ['operator'],
  'account.read': [...campaigning, 'agent-manager', 'agent'],

  'account-health.read': [...campaigning, 'agent-manager'],
  'settings.read': campaigning,
  // The original lets a campaign manager make the first settings and never change them.
  'settings.create': campaigning,
  'settings.change': configuring,

  'handoffs.read': [...campaigning, 'handoffs.read'],
  'handoffs.change': campaigning,
  'templates.read': campaigning,
  'templates.change': campaigning,

  // What messages cost where no provider says so.
  'prices.read': [...campaigning, 'agent-manager'],
  'prices.change': configuring,

  'skills.read': [...campaigning, 'agent-manager', 'agent'],
  'skills.change': configuring,
  'senders.read': campaigning,
  'senders.change': configuring,
  'canned-replies.read': [...campaigning, 'agent-manager', 'agent'],
  'canned-replies.change': [...configuring, 'agent-manager'],
  'users.read': [...configuring, 'agent-manager'],
  'users.change': configuring,
  'api-keys.read': configuring,
  'api-keys.change': configuring,
  'app-installs.read': configuring,
  'app-installs.change': configuring,
  'audit.read': configuring,
  'webhooks.read': configuring,
  'webhooks.change': configuring,

  'calls.engage': ['ivr.engagement'],
  'consumers.vouch': ['consumers.vouch'],
  'transactions.read': ['administrator', 'campaign-manager', 'agent-manager', 'reporting'],
  'reports.read': ['administrator', 'campaign-manager', 'agent-manager', 'reporting'],
  // An export tells who called, never what consumers wrote; numbers are whole only for those who may read them whole.
  'exports.read': [...overseeing, 'operator', 'reporting', 'admin'],
  'exports.change': [...overseeing, 'operator', 'reporting', 'admin'],
  'export-schedules.read': [...overseeing, 'operator', 'admin'],
  'export-schedules.change': [...overseeing, 'operator', 'admin'],
  'opt-outs.read': ['administrator', 'campaign-manager', 'agent-manager', 'reporting'],
  'opt-outs.change': ['administrator', 'agent-manager', 'admin'],
  // Tells what is known of a number: whether it has stopped, whether it is in a conversation.
  'eligibility.test': ['administrator', 'campaign-manager', 'agent-manager', 'admin'],
  // A person's rights: to be told what is held of them, and to be forgotten.
  'consumers.export': ['administrator', 'admin'],
  'consumers.erase': ['administrator', 'admin'],
  // The whole number of a consumer; to others only its end.
  'consumers.read-addresses': [...overseeing, 'reporting', 'admin'],

  'live.read': overseeing,
  'stops.change': overseeing,
  'workspace.read': handling,
  // Every skill's queue and every agent's conversations, not only one's own.
  'workspace.read-all': overseeing,
  'conversations.note': handling,
  'conversations.tag': handling,
  'conversations.take': handling,
  'conversations.reply': handling,
  'conversations.reply-with-template': handling,
  'conversations.close': handling,
  'conversations.close-any': overseeing,
  'conversations.accept': handling,
  'conversations.decline': handling,
  'conversations.transfer': handling,
  'conversations.requeue': handling,
  // Whose a conversation is, decided by somebody who oversees; joining is to write beside the owner.
  'conversations.assign': overseeing,
  'conversations.take-over': overseeing,
  'conversations.join': overseeing,
  'conversations.leave': overseeing,
  'presence.set': handling,
} as const satisfies Record<string, readonly Who[]>

export type Act = keyof typeof policy
export const acts = Object.keys(policy) as readonly Act[]

/** Whether `caller` may do `act` at all within the account it belongs to (the operator: within any). */
export function may(caller: Caller, act: Act): boolean {
  const allowed: readonly Who[] = policy[act]
  switch (caller.kind) {
    case 'user':
      return allowed.includes(caller.role)
    case 'operator':
      return allowed.includes('operator')
    case 'credential':
      return caller.privileges.some((privilege) => allowed.includes(privilege))
    // An app's doors are for devices alone, and each device has but its own consumer's messages: no row names it.
    case 'device':
    case 'system':
      return false
  }
}

/** Every act the caller may do: the answers that a page receives with its data, so that it need not know the rules. */
export function actsOf(caller: Caller): readonly Act[] {
  return acts.filter((act) => may(caller, act))
}
