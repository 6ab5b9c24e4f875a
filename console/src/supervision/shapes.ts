import type { Answer } from '../api.ts'

export type LiveNow = Answer<'GET /api/workspace/live'>
export type LiveSkill = LiveNow['skills'][number]
export type Stop = LiveNow['stops'][number]

export const liveKey = ['live-view'] as const
