import { checkName } from './check-name.ts'
import { isStorable } from './outside-data.ts'

/** A file's name as it is kept: it names no folder, and is `file` where its sender gave none. */
export const keptFileName = (given: string): string => given.trim().replace(/[/\\]/g, '-') || 'file'

/** What is wrong with a file's name, as a sentence; null: nothing. */
export const checkFileName = (fileName: string): string | null =>
  isStorable(fileName) ? checkName('The name of the file', fileName, 200) : 'The name of the file cannot be kept.'
