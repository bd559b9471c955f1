interface Given {
  /** What is closed, of how much. */
  readonly done: number
  readonly of: number
  /** Where each wave or stage ends, counted as `of` is. */
  readonly stitches?: readonly number[]
  readonly large?: boolean
  /** The sentence that says the same. */
  readonly label: string
}

const width = 400

/** How far something is: closed skin, a stitch at each boundary, and the open wound ahead. */
export function Seam({ done, of, stitches = [], large, label }: Given) {
  const half = large ? 8 : 5
  const middle = half + 4
  const place = (count: number) => (of === 0 ? 0 : 1 + ((width - 2) * Math.min(count, of)) / of)
  const end = place(done)
  const bow = (width - end) / 3
  return (
    <svg
      className="seam"
      role="img"
      aria-label={label}
      viewBox={`0 0 ${width} ${middle * 2}`}
      height={middle * 2}
      preserveAspectRatio="none"
    >
      {done < of && (
        <path
          className="wound"
          d={`M${end} ${middle}C${end + bow} ${middle - half * 1.33} ${width - bow} ${middle - half * 1.33} ${width - 1} ${middle}C${width - bow} ${middle + half * 1.33} ${end + bow} ${middle + half * 1.33} ${end} ${middle}Z`}
        />
      )}
      {done > 0 && <path className="skin" d={`M1 ${middle}H${end}`} />}
      {[...new Set(stitches)].map((count) => (
        <path
          key={count}
          className={count <= done ? 'stitch' : 'stitch ahead'}
          d={`M${place(count)} ${middle - 5}v10`}
        />
      ))}
    </svg>
  )
}
