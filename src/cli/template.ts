import { listCommand } from './nouns.ts'

/** The WhatsApp templates that a handoff may name. */
export const templateList = listCommand({
  word: 'template',
  path: '/templates',
  list: 'templates',
  id: 'templateId',
  names: ['name'],
  columns: [
    ['NAME', 'name'],
    ['LANGUAGE', 'language'],
    ['STATUS', 'status'],
    ['ID', 'templateId'],
  ],
})
