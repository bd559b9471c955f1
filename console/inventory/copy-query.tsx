import { Menu, UnstyledButton } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import { listDevices } from '@suture/contract/devices.ts'
import { apiBase } from '@suture/contract/endpoint.ts'
import { parseQuery } from '@suture/contract/query/parse.ts'
import { printQuery } from '@suture/contract/query/print.ts'
import { isQueryProblem } from '@suture/contract/query/query.ts'
import { quoted } from '../palette/quoted.ts'

/** The same question elsewhere: in the command line, over the API, in RSQL. */
export function waysToAsk(query: string): readonly { readonly name: string; readonly text: string }[] {
  const read = query === '' ? undefined : parseQuery(query)
  const asked = query === '' ? '' : `?q=${encodeURIComponent(query)}`
  return [
    { name: 'as a command', text: `suture device list${query === '' ? '' : ` -q ${quoted(query)}`}` },
    { name: 'as a request', text: `GET ${apiBase}${listDevices.path}${asked}` },
    ...(read && !isQueryProblem(read) ? [{ name: 'in RSQL', text: printQuery(read, 'rsql') }] : []),
  ]
}

/** The query to take away, for whoever goes on with it elsewhere. */
export function CopyQuery({ query }: { readonly query: string }) {
  const clipboard = useClipboard({ timeout: 1500 })
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <UnstyledButton className="copy">{clipboard.copied ? 'Copied' : 'Copy'}</UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        {waysToAsk(query).map(({ name, text }) => (
          <Menu.Item key={name} onClick={() => clipboard.copy(text)}>
            Copy {name}
            <span className="f mono ask">{text}</span>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
