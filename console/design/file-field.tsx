import { type DragEvent, type ReactNode, useId, useState } from 'react'
import './file-field.css'

interface Given {
  readonly label: string
  /** Which files the chooser offers, as HTML has it. */
  readonly accept: string
  readonly onFile: (file: File) => void
  readonly children: ReactNode
}

/** A file to choose or to drop. */
export function FileField({ label, accept, onFile, children }: Given) {
  const id = useId()
  const [isOver, setOver] = useState(false)
  const [dropped, setDropped] = useState<string>()
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    const [file] = event.dataTransfer.files
    if (!file) return
    setDropped(file.name)
    onFile(file)
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping has the file chooser as its twin
    <div
      className={isOver ? 'drop over' : 'drop'}
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <label htmlFor={id} className="b">
        {label}
      </label>
      <input
        id={id}
        type="file"
        accept={accept}
        aria-describedby={`${id}-help`}
        onChange={({ currentTarget }) => {
          const [file] = currentTarget.files ?? []
          setDropped(undefined)
          if (file) onFile(file)
        }}
      />
      {dropped && <span className="b">Dropped: {dropped}</span>}
      <p id={`${id}-help`} className="f t12">
        {children}
      </p>
    </div>
  )
}
