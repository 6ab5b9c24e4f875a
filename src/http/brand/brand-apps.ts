import { Type } from 'typebox'

/**
 * Whose messages a path asks for: Connect to Messaging, or its sister product, which is not here: what a brand asks about
 * that is answered, and empty, so that jobs that ask about both go on.
 */
export const brandApps = ['c2m', 'prmsg'] as const
export type BrandApp = (typeof brandApps)[number]

export const ofAccount = Type.Object({ accountId: Type.String({ description: 'The account id, digits.' }) })
