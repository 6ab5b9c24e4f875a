import type { Config } from './use-config.ts'

export type Handoff = Omit<Config<'handoffs'>['handoffs'][number], 'warnings'>
export type HandoffDraft = Omit<Handoff, 'handoffId'>
export type HandoffChannel = Handoff['channels'][number]
export type Channel = HandoffChannel['channel']
export type Template = Config<'templates'>['templates'][number]
export type Sender = Config<'senders'>['senders'][number]
export type Connector = Config<'connectors'>['connectors'][number]
export type Skill = Config<'skills'>['skills'][number]
export type Hours = NonNullable<Skill['hours']>
export type AutoTexts = Skill['texts']
export type Settings = Config<'settings'>
export type User = Config<'users'>['users'][number]
export type Role = User['role']
export type ApiKey = Config<'api-keys'>['apiKeys'][number]
export type App = Config<'apps'>['apps'][number]
export type CannedReply = Config<'canned-replies'>['cannedReplies'][number]
export type Price = Config<'prices'>['prices'][number]
