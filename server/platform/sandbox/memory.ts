import { readFileSync } from 'node:fs'

/** How often the memory of a child is looked at, in milliseconds. */
const everyMs = 20

/** The resident memory of a process in bytes; undefined when it is gone, and where there is no /proc (not Linux). */
function residentBytes(pid: number): number | undefined {
  try {
    // `status` and not `statm`: it counts in kB, and not in pages whose size differs between machines.
    const found = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return found === undefined ? undefined : Number(found) * 1024
  } catch {
    return undefined
  }
}

/** Calls `exceeded` once when a process takes more memory than it may; the returned function ends the watch. */
export function watchMemory(pid: number, mostBytes: number, exceeded: () => void): () => void {
  const timer = setInterval(() => {
    if ((residentBytes(pid) ?? 0) <= mostBytes) return
    clearInterval(timer)
    exceeded()
  }, everyMs)
  return () => clearInterval(timer)
}
