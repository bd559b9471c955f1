import { Link } from '@tanstack/react-router'

interface Given {
  readonly id: string
  /** What it is called, for those who may see it. */
  readonly name: string | undefined
}

export const ReleaseLink = ({ id, name }: Given) =>
  name === undefined ? (
    <span className="mono">{id.slice(0, 8)}</span>
  ) : (
    <Link to="/releases/$id" params={{ id }}>
      {name}
    </Link>
  )
