/** The papers that a sheet is set for. */
export type Paper = 'A4' | 'letter'

const quoted = (text: string): string => `"${text.replace(/[\\"]/g, '\\$&').replace(/[\n\r\f<>]/g, ' ')}"`

/**
 * The style of a printed sheet, the same in the console and in a file: light, whatever the theme, with the head and the
 * foot of every page.
 */
export const sheetStyle = ({
  paper,
  head,
  asOf,
  foot,
}: {
  readonly paper: Paper
  readonly head: string
  readonly asOf: string
  readonly foot: string
}): string => `
@page { size: ${paper}; margin: 64px 56px 60px; font: 9px/12px "Inter Variable", Inter, system-ui, sans-serif; color: #616d69;
  @top-left { content: ${quoted(head)}; }
  @top-right { content: ${quoted(`${asOf} · page `)} counter(page) ${quoted(' of ')} counter(pages); }
  @bottom-left { content: ${quoted(foot)}; width: 100%; } }
.sheet { background: #fff; color: #131a19; font: 12px/17px "Inter Variable", Inter, system-ui, sans-serif;
  font-variant-numeric: tabular-nums; max-width: 682px; }
.sheet h1, .sheet h2.title { font-size: 22px; line-height: 28px; margin: 0; font-weight: 600; }
.sheet h2 { font-size: 14px; line-height: 20px; margin: 18px 0 4px; font-weight: 600; break-after: avoid; }
.sheet p { margin: 4px 0; color: #434f4c; }
.sheet .nums { display: grid; grid-template-columns: repeat(4, minmax(0, 1fr)); border: 1px solid #b7c1bd;
  margin: 14px 0 0; break-inside: avoid; }
.sheet .nums > div { padding: 9px 11px; border-left: 1px solid #d6dcda; }
.sheet .nums > div:first-child { border-left: 0; }
.sheet .nums dt { font-size: 11px; color: #616d69; }
.sheet .nums dd { margin: 0; font-size: 10.5px; line-height: 14px; color: #434f4c; }
.sheet .nums dd.value { font-size: 18px; line-height: 24px; font-weight: 500; color: #131a19; }
.sheet table { width: 100%; border-collapse: collapse; font-size: 11px; line-height: 15px; }
.sheet thead { display: table-header-group; }
.sheet tr { break-inside: avoid; }
.sheet th { text-align: left; font-weight: 500; color: #616d69; background: none; position: static; height: auto;
  padding: 4px 8px 4px 0; border-bottom: 1px solid #b7c1bd; }
.sheet td { padding: 4px 8px 4px 0; border-bottom: 1px solid #d6dcda; vertical-align: top; height: auto;
  overflow-wrap: anywhere; white-space: normal; }
.sheet .num { text-align: right; }
.sheet .sig { display: grid; grid-template-columns: 1fr 1fr; gap: 40px; margin-top: 64px; break-inside: avoid; }
.sheet .sig div { border-top: 1px solid #131a19; padding-top: 5px; color: #434f4c; }
@media (max-width: 560px) { .sheet .nums { grid-template-columns: 1fr 1fr; } }
@media print { html, body { background: #fff; } .sheet { max-width: none; } }
`
