export const STYLE = `
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --accent: light-dark(#0b57d0, #8ab4f8);
  --good: light-dark(#146c2e, #7ad394); --bad: light-dark(#b3261e, #f2a49e); --wait: light-dark(#8a5000, #f0bf6c); }
* { box-sizing: border-box; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 80rem; padding: 0 1rem 3rem; }
a { color: var(--accent); }
header { align-items: center; border-bottom: 1px solid var(--line); display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; padding: .75rem 0; }
header strong { font-size: 1.05rem; }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; flex: 1; }
nav a { text-decoration: none; padding: .25rem 0; }
nav a[aria-current] { color: inherit; font-weight: 600; border-bottom: 2px solid var(--accent); }
h1 { font-size: 1.35rem; margin: 1.25rem 0 .75rem; overflow-wrap: anywhere; }
h2 { font-size: 1.05rem; margin: 1.75rem 0 .5rem; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid var(--line); padding: .4rem .75rem .4rem 0; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
thead th { font-weight: 600; font-size: .9em; white-space: nowrap; }
time, .id { font-variant-numeric: tabular-nums; }
.id { font-family: ui-monospace, monospace; font-size: .85em; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .3rem 1.25rem; margin: 0; }
dt { font-weight: 600; }
dd { margin: 0; overflow-wrap: anywhere; min-width: 0; }
pre { background: var(--soft); border-radius: .4rem; margin: 0; max-height: 20rem; overflow: auto; padding: .6rem .8rem; white-space: pre-wrap; overflow-wrap: anywhere; }
.status { border: 1px solid currentColor; border-radius: 1rem; font-size: .8em; font-weight: 600; padding: .05rem .55rem; white-space: nowrap; }
.good { color: var(--good); }
.bad { color: var(--bad); }
.wait { color: var(--wait); }
.soft { opacity: .75; }
form.fields { align-items: end; background: var(--soft); border-radius: .5rem; display: flex; flex-wrap: wrap; gap: .6rem 1rem; padding: .75rem 1rem; margin: 0 0 1rem; }
form.fields a { padding: .4rem 0; }
label { display: flex; flex-direction: column; font-size: .9em; gap: .15rem; }
input, select, button { font: inherit; padding: .35rem .6rem; border: 1px solid #888a; border-radius: .35rem; background: Field; color: FieldText; max-width: 100%; min-height: 2.3rem; }
button { background: ButtonFace; color: ButtonText; cursor: pointer; }
button.main { background: var(--accent); border-color: transparent; color: light-dark(#fff, #0b1a33); font-weight: 600; }
button.danger { background: transparent; border-color: var(--bad); color: var(--bad); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.notice { border-left: 4px solid var(--wait); background: var(--soft); margin: 1rem 0; padding: .6rem 1rem; overflow-wrap: anywhere; }
.notice.bad { border-color: var(--bad); color: inherit; }
.notice :first-child { margin-top: 0; }
.notice :last-child { margin-bottom: 0; }
.row { align-items: center; display: flex; flex-wrap: wrap; gap: .75rem 1.25rem; margin: 1rem 0; }
details summary { cursor: pointer; color: var(--accent); }
details[open] summary { margin-bottom: .4rem; }
progress { accent-color: var(--accent); width: min(100%, 30rem); height: 1rem; }
@media (max-width: 46rem) {
  header strong { flex: 1; }
  nav { flex-basis: 100%; order: 1; }
  table.rows thead { position: absolute; clip-path: inset(50%); height: 1px; width: 1px; overflow: hidden; }
  table.rows tr { border-bottom: 1px solid var(--line); display: block; padding: .5rem 0; }
  table.rows td { border: 0; display: grid; grid-template-columns: 7.5rem 1fr; padding: .1rem 0; }
  table.rows td::before { content: attr(data-label); font-size: .9em; opacity: .75; }
  table.rows td:empty { display: none; }
  dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: .5rem; }
}
`;
