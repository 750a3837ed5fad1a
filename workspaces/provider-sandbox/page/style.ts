export const STYLE = `
:root { color-scheme: light dark; --line: light-dark(#dcdfe4, #33383f); --soft: light-dark(#f4f5f7, #1d2126);
  --dim: light-dark(#5d6673, #98a2b0); --accent: light-dark(#1f5fbf, #7fb0ff); --sms: light-dark(#d9f2df, #1f4a2b); }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 1.5rem 1rem 4rem; font: 15px/1.5 system-ui, sans-serif;
  background: light-dark(#fff, #14171b); color: light-dark(#1b1f24, #e6e9ed); }
header { display: flex; flex-wrap: wrap; align-items: baseline; gap: .5rem 1.5rem; margin-bottom: 1.25rem; }
h1 { font-size: 1.25rem; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 1rem; margin: 1.75rem 0 .5rem; }
a { color: var(--accent); text-decoration: none; }
a:hover { text-decoration: underline; }
nav { display: flex; gap: 1rem; }
nav a[aria-current] { color: inherit; font-weight: 600; }
.dim { color: var(--dim); font-size: .85rem; }
article { border: 1px solid var(--line); border-radius: .5rem; margin-bottom: .75rem; padding: .7rem .9rem; }
article > .top { display: flex; flex-wrap: wrap; gap: 0 .75rem; align-items: baseline; }
.top .to { font-weight: 600; overflow-wrap: anywhere; }
.top .dim:last-child { margin-left: auto; }
.kind { font-size: .7rem; letter-spacing: .06em; text-transform: uppercase; border: 1px solid var(--line);
  border-radius: 1rem; padding: .05rem .55rem; color: var(--dim); }
.preview { color: var(--dim); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.bubble { display: inline-block; max-width: 75%; margin-top: .5rem; padding: .45rem .8rem; background: var(--sms);
  border-radius: 1rem 1rem 1rem .25rem; white-space: pre-wrap; overflow-wrap: anywhere; }
pre { margin: .5rem 0 0; padding: .6rem .8rem; max-height: 14rem; overflow: auto; background: var(--soft);
  border-radius: .4rem; font: 13px/1.45 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
details { margin-top: .5rem; }
summary { cursor: pointer; color: var(--dim); font-size: .85rem; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid var(--line);
  overflow-wrap: anywhere; }
th { font-weight: 500; color: var(--dim); white-space: nowrap; width: 1%; }
iframe { width: 100%; height: 28rem; resize: vertical; border: 1px solid var(--line); border-radius: .5rem;
  background: #fff; }
.empty { border: 1px dashed var(--line); border-radius: .5rem; padding: 2rem; text-align: center; color: var(--dim); }
`;

/** Fetches the list anew once something has arrived, unless the reader has opened a detail of it. */
export const REFRESH = `
const main = document.querySelector('main');
const state = ({ lastSeq, total, refused }) => JSON.stringify([lastSeq, total, refused]);
let shown;
setInterval(async () => {
  try {
    const now = state(await (await fetch('/received/count')).json());
    if (now === shown || main.querySelector('details[open]')) return;
    const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), 'text/html');
    main.replaceChildren(...page.querySelector('main').childNodes);
    shown = now;
  } catch {}
}, 1500);
`;
