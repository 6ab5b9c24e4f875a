import { type Role, roles } from './caller.ts'
import { may } from './policy.ts'

/** The roles whose people handle conversations: those that a page lists as colleagues. */
export const handlingRoles: readonly Role[] = roles.filter((role) =>
  may({ kind: 'user', accountId: '', userId: '', name: '', role }, 'conversations.take'),
)
