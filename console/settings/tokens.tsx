import { Button } from '@mantine/core'
import { listTokens } from '@suture/contract/auth.ts'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { usePersonNames } from '../deployment/use-names.ts'
import { Asked } from '../design/asked.tsx'
import { Begin } from '../design/begin.tsx'
import { Clock } from '../design/clock.tsx'
import { Panel } from '../design/panel.tsx'
import { Status } from '../design/status.tsx'
import { instant } from '../design/time.ts'
import { useAsk } from '../shell/ask.ts'
import { useNow } from '../shell/now.ts'
import { Paging } from '../shell/paging.tsx'
import { RevokeDialog } from './revoke-dialog.tsx'
import { useSiteNames } from './sites.ts'
import { standingOf, type Token } from './token.ts'
import { TokenDialog } from './token-dialog.tsx'

const route = getRouteApi('/frame/settings')

/** The machine tokens: what each may do, for how long, and the way to end it. Their secrets are nowhere to be seen. */
export function Tokens() {
  const { cursor } = route.useSearch()
  const tokens = useAsk(
    listTokens,
    { query: { limit: 100, ...(cursor === undefined ? {} : { cursor }) } },
    { about: 'people' },
  )
  const [doing, setDoing] = useState<'create' | Token>()
  const close = () => setDoing(undefined)
  return (
    <>
      <Panel title="Machine tokens" aside={<Button onClick={() => setDoing('create')}>Create a token</Button>} flush>
        <Asked of={tokens} what="The tokens">
          {({ items, next }) => (
            <>
              {items.length === 0 ? (
                <Begin
                  title={cursor === undefined ? 'No machine token yet' : 'No older tokens'}
                  command="suture token create NAME --may PERMISSION"
                >
                  A program that calls the API shows a token. It holds what you give it of your own permissions, and
                  ends by itself.
                </Begin>
              ) : (
                <Table tokens={items} onRevoke={setDoing} />
              )}
              <Paging cursor={cursor} next={next} words={['Newest', 'Older']} />
            </>
          )}
        </Asked>
      </Panel>
      {doing === 'create' && <TokenDialog onClose={close} />}
      {typeof doing === 'object' && <RevokeDialog token={doing} onClose={close} />}
    </>
  )
}

interface TableGiven {
  readonly tokens: readonly Token[]
  readonly onRevoke: (token: Token) => void
}

const Table = ({ tokens, onRevoke }: TableGiven) => (
  <div className="scr">
    <table className="top">
      <thead>
        <tr>
          <th>Name</th>
          <th>May</th>
          <th>Sites</th>
          <th>State</th>
          <th>Ends</th>
          <th>Made</th>
          <th className="num">End it</th>
        </tr>
      </thead>
      <tbody>
        {tokens.map((token) => (
          <Row key={token.id} token={token} onRevoke={onRevoke} />
        ))}
      </tbody>
    </table>
  </div>
)

interface RowGiven {
  readonly token: Token
  readonly onRevoke: (token: Token) => void
}

function Row({ token, onRevoke }: RowGiven) {
  const { name, permissions, sites, createdAt, createdBy, expiresAt, revokedAt } = token
  const now = useNow()
  const personName = usePersonNames()
  const sitesText = useSiteNames()
  const standing = standingOf(token, now)
  return (
    <tr>
      <td className="b">{name}</td>
      <td>
        <details>
          <summary>
            {permissions.length} {permissions.length === 1 ? 'permission' : 'permissions'}
          </summary>
          <ul className="mono t12">
            {permissions.map((each) => (
              <li key={each}>{each}</li>
            ))}
          </ul>
        </details>
      </td>
      <td>{sitesText(sites)}</td>
      <td>
        <Status kind="token" value={standing} />
        {revokedAt && <div className="f t12 nw">{instant(revokedAt)}</div>}
      </td>
      <td>
        {standing === 'valid' ? (
          <Clock dueAt={expiresAt} now={now} startedAt={createdAt} />
        ) : (
          <span className="f nw">{instant(expiresAt)}</span>
        )}
      </td>
      <td className="nw">
        {instant(createdAt)}
        <div className="f t12">by {personName(createdBy) ?? `person ${createdBy.slice(0, 8)}`}</div>
      </td>
      <td className="num">
        {standing === 'valid' && (
          <Button
            variant="default"
            size="sm"
            className="grave"
            aria-label={`Revoke ${name}`}
            onClick={() => onRevoke(token)}
          >
            Revoke
          </Button>
        )}
      </td>
    </tr>
  )
}
