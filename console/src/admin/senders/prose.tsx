import { Fragment, type ReactNode } from 'react'
import names from './senders.module.css'

/**
 * A text of ours in Markdown, as elements: headings, paragraphs, lists, tables, code. No markup is ever made of a string,
 * so whatever stands in the text stays text.
 */
export function Prose({ text }: { text: string }) {
  return (
    <div className={names.prose}>
      {blocksOf(text).map(({ at, lines }) => (
        <Block key={at} lines={lines} />
      ))}
    </div>
  )
}

/** Blocks are parted by empty lines; the first heading is the page's own and left out. */
function blocksOf(text: string): { at: number; lines: string[] }[] {
  const blocks: { at: number; lines: string[] }[] = []
  let fresh = true
  for (const [at, line] of text.split('\n').entries()) {
    if (line.trim() === '' || line.startsWith('```')) fresh = true
    else if (/^# /.test(line)) fresh = true
    else if (fresh || /^#/.test(line)) {
      blocks.push({ at, lines: [line] })
      fresh = /^#/.test(line)
    } else blocks.at(-1)!.lines.push(line)
  }
  return blocks
}

function Block({ lines }: { lines: readonly string[] }) {
  const [first = ''] = lines
  if (/^#+ /.test(first)) return <h3>{inline(first.replace(/^#+ /, ''))}</h3>
  if (first.startsWith('|')) return <Rows lines={lines} />
  if (first.startsWith('    ')) return <pre>{lines.map((line) => line.slice(4)).join('\n')}</pre>
  const listed = /^(- |\d+\. )/
  if (listed.test(first)) {
    const items = lines.reduce<string[]>((all, line) => {
      if (listed.test(line)) all.push(line.replace(listed, ''))
      else all.push(`${all.pop() ?? ''} ${line.trim()}`)
      return all
    }, [])
    const children = items.map((item) => <li key={item}>{inline(item)}</li>)
    return first.startsWith('-') ? <ul>{children}</ul> : <ol>{children}</ol>
  }
  return <p>{inline(lines.join(' '))}</p>
}

function Rows({ lines }: { lines: readonly string[] }) {
  const rows = lines
    .filter((line) => !/^\|[\s:|-]+\|$/.test(line))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
  const [head = [], ...body] = rows
  return (
    <table>
      <thead>
        <tr>
          {head.map((cell) => (
            <th key={cell}>{inline(cell)}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {body.map((row) => (
          <tr key={row.join('|')}>
            {row.map((cell, column) => (
              <td key={head[column]}>{inline(cell)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** `code`, _stress_ and **stress** within a line. */
function inline(text: string): ReactNode {
  let at = 0
  return text.split(/(`[^`]+`|\*\*[^*]+\*\*|\b_[^_]+_\b)/).map((part) => {
    const key = at
    at += part.length
    if (part.startsWith('`')) return <code key={key}>{part.slice(1, -1)}</code>
    if (part.startsWith('**')) return <strong key={key}>{part.slice(2, -2)}</strong>
    if (/^_.+_$/.test(part)) return <em key={key}>{part.slice(1, -1)}</em>
    return <Fragment key={key}>{part}</Fragment>
  })
}
