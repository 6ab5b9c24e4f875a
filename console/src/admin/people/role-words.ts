import type { Role } from '../shapes.ts'

/** Roles and what each may, in a sentence (the matrix is in the server's policy; this only tells it). */
export const roleWords: Readonly<Record<Role, readonly [string, string]>> = {
  administrator: ['Administrator', 'Sets everything up, sees everything, handles conversations.'],
  'campaign-manager': [
    'Campaign manager',
    'Handoffs and templates; reads the rest of the set-up and reports. No conversations.',
  ],
  'agent-manager': [
    'Agent manager',
    'Sees every queue, joins, takes over and reassigns; canned replies, opt-outs, reports.',
  ],
  agent: ['Agent', 'Handles the conversations of their skills.'],
}
