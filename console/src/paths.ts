/**
 * Every page's path, in the router's notation. The server learns them from the build (`pages.json`) and answers 404 to
 * all others; `pages.ts` must say what each one shows. Plain data: the build reads this file as well.
 */
export const pagePaths = [
  '/',
  '/try',
  '/phone',
  '/workspace',
  '/workspace/$conversationId',
  '/live',
  '/reports',
  '/transactions',
  '/transactions/$callId',
  '/exports',
  '/eligibility',
  '/set-up',
  '/handoffs',
  '/handoffs/$handoffId',
  '/templates',
  '/templates/$templateId',
  '/senders',
  '/senders/$senderId',
  '/skills',
  '/skills/$skillId',
  '/texts',
  '/people',
  '/api-access',
  '/webhooks',
  '/webhooks/$endpointId',
  '/settings',
  '/opt-outs',
  '/data-rights',
  '/audit',
] as const

export type PagePath = (typeof pagePaths)[number]
