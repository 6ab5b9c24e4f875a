import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sniffedType } from './sniffed-type.ts'

const bytes = (...parts: readonly (string | number[])[]) =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))))
const zip = (...names: string[]) => bytes([0x50, 0x4b, 3, 4], ...names)
const word = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'
const old = bytes([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1])

const rows: [string, Buffer, string, string | null][] = [
  ['a JPEG', bytes([0xff, 0xd8, 0xff, 0xe0]), 'image/png', 'image/jpeg'],
  ['a PNG', bytes([0x89], 'PNG\r\n', [0x1a], '\n'), '', 'image/png'],
  ['a GIF', bytes('GIF89a'), '', 'image/gif'],
  ['a WebP', bytes('RIFF', [1, 2, 3, 4], 'WEBP'), '', 'image/webp'],
  ['an MP4', bytes([0, 0, 0, 24], 'ftypisom'), '', 'video/mp4'],
  ['a 3GP', bytes([0, 0, 0, 24], 'ftyp3gp5'), '', 'video/3gpp'],
  ['a HEIC picture, which few can show', bytes([0, 0, 0, 24], 'ftypheic'), 'image/heic', null],
  ['a PDF', bytes('%PDF-1.7'), 'text/plain', 'application/pdf'],
  ['a Word document', zip('[Content_Types].xml', 'word/document.xml'), 'application/zip', word],
  ['a Word document with macros', zip('[Content_Types].xml', 'word/vbaProject.bin'), word, null],
  ['any zip', zip('hello.exe'), word, null],
  ['an old Word document', old, 'application/msword', 'application/msword'],
  ['an old office file called a picture', old, 'image/png', null],
  ['text', bytes('Hello'), 'text/plain; charset=utf-8', 'text/plain'],
  ['text that is not said to be text', bytes('Hello'), 'application/octet-stream', null],
  ['a page called a picture', bytes('<html><script>'), 'image/png', null],
  ['an SVG', bytes('<svg xmlns="http://www.w3.org/2000/svg">'), 'image/svg+xml', null],
  ['a program called text', bytes('MZ', [0, 1, 2]), 'text/plain', null],
  ['broken text', bytes([0xc3, 0x28]), 'text/plain', null],
  ['nothing', bytes(), 'text/plain', null],
]
for (const [name, content, declared, expected] of rows)
  test(`${name} is ${expected ?? 'not taken'}`, () => assert.equal(sniffedType(content, declared), expected))
