/** How it looks: one column of cards, quiet colours, states told by word and shape before colour. */
export const STYLE_TEXT = `:root {
  color-scheme: light dark;
  --ground: #f5f6f8; --card: #fff; --ink: #1b2230; --soft: #566072; --line: #dde1e8;
  --accent: #2456c4; --on-accent: #fff; --good: #157347; --bad: #b3261e; --busy: #2456c4; --warn: #855800;
  --good-fill: #2f9e68; --bad-fill: #d4544b; --other-fill: #9aa4b5;
  --warn-ground: #fff6e0; --bad-ground: #fdeeec;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0f131a; --card: #171c25; --ink: #e5e9f0; --soft: #a0abbd; --line: #2b3341;
    --accent: #9bb8ff; --on-accent: #10182b; --good: #63d29a; --bad: #ff9a91; --busy: #9bb8ff; --warn: #ecc069;
    --good-fill: #3f9e6c; --bad-fill: #c9584f; --other-fill: #667287;
    --warn-ground: #2a2416; --bad-ground: #2e1c1c;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
h1 { font-size: 1.45rem; line-height: 1.25; margin: 0 0 .25rem; overflow-wrap: anywhere; }
h2 { font-size: 1.05rem; margin: 0 0 .75rem; }
h3 { font-size: .95rem; margin: 0 0 .25rem; }
p { margin: 0 0 .75rem; }
a { color: var(--accent); text-underline-offset: 2px; text-decoration-thickness: 1px; }
code { font: .92em ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
ul, ol { list-style: none; margin: 0; padding: 0; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
main:focus { outline: none; }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: .5rem; z-index: 1; background: var(--card); padding: .5rem 1rem; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.soft, .hint, .crumbs { color: var(--soft); }
.top { display: flex; flex-wrap: wrap; align-items: center; gap: .25rem 1.5rem; padding: .6rem max(1rem, calc(50% - 35rem)); background: var(--card); border-bottom: 1px solid var(--line); }
.mark { display: flex; gap: .5rem; align-items: center; font-weight: 650; color: inherit; text-decoration: none; }
nav { display: flex; gap: 1rem; }
nav a { color: var(--soft); text-decoration: none; padding: .35rem 0; border-bottom: 2px solid transparent; }
nav a:hover { color: var(--ink); }
nav a[aria-current] { color: var(--ink); border-color: var(--accent); }
.who { margin-left: auto; display: flex; gap: .75rem; align-items: center; }
main { max-width: 72rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; display: grid; grid-template-columns: minmax(0, 1fr); gap: 1.25rem; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 1.1rem 1.25rem; min-width: 0; }
.card > :last-child { margin-bottom: 0; }
.head > p { display: flex; flex-wrap: wrap; gap: 0 1rem; margin-bottom: .75rem; }
.head > h2 { margin-right: auto; }
.message { max-width: 38rem; margin: 8vh auto 0; padding: 2rem; }
.message p { margin: .5rem 0 1.25rem; }
.note { border-left: 4px solid var(--warn); background: var(--warn-ground); border-radius: 6px; padding: .75rem 1rem; }
.note.bad { border-color: var(--bad); background: var(--bad-ground); }
.note > :last-child { margin: 0; }
.head { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: end; gap: .75rem; }
.crumbs { font-size: .9rem; margin: 0 0 .15rem; }
.actions { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; }
button, .button { display: inline-block; font: inherit; font-weight: 550; padding: .42rem .9rem; border-radius: 7px; border: 1px solid var(--line); background: var(--card); color: var(--ink); text-decoration: none; cursor: pointer; }
button:hover, .button:hover { border-color: var(--soft); }
.main { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
.danger { color: var(--bad); border-color: var(--bad); }
.quiet { border: 0; padding: .35rem; background: none; color: var(--soft); text-decoration: underline; font-weight: 400; }
[aria-disabled] { opacity: .6; cursor: progress; }
.rows > li { display: grid; gap: .15rem 1rem; align-items: baseline; padding: .7rem 0; border-top: 1px solid var(--line); }
.rows > li:first-child { border-top: 0; padding-top: 0; }
.rows > li:last-child { padding-bottom: 0; }
.what { font-weight: 550; overflow-wrap: anywhere; }
.meta { color: var(--soft); font-size: .9rem; overflow-wrap: anywhere; }
@media (min-width: 46rem) {
  .rows > li { grid-template-columns: minmax(0, 1fr) 13rem 11rem; }
  .rows .end { text-align: right; }
  .end .meter { margin-left: auto; }
}
.state { font-weight: 550; white-space: nowrap; }
.state::before, .line > li::before { content: ""; box-sizing: border-box; display: inline-block; width: .7em; height: .7em; margin-right: .45em; border-radius: 50%; border: 2px solid currentColor; }
.good { color: var(--good); } .good::before { background: currentColor; }
.fail { color: var(--bad); } .fail::before { background: currentColor; border-radius: 2px; }
.busy { color: var(--busy); } .busy::before { background: linear-gradient(90deg, currentColor 50%, transparent 50%); }
.wait { color: var(--warn); }
.off { color: var(--soft); } .off::before { height: 2px; border-width: 1px; border-radius: 0; vertical-align: .3em; }
.tag { font-size: .85rem; border: 1px solid var(--line); border-radius: 99px; padding: .05rem .55rem; white-space: nowrap; }
.facts { display: grid; grid-template-columns: minmax(6rem, max-content) minmax(0, 1fr); gap: .4rem 1.25rem; }
dl { margin: 0; }
dl:not(:last-child) { margin-bottom: 1.1rem; }
.facts dt { color: var(--soft); }
.facts dd { margin: 0; overflow-wrap: anywhere; }
.line > li { position: relative; padding: 0 0 .9rem 1.5rem; color: var(--ink); }
.line > li::after { content: ""; position: absolute; left: .3rem; top: 1.4rem; bottom: -.15rem; border-left: 2px solid var(--line); }
.line > li:last-child { padding-bottom: 0; }
.line > li:last-child::after { display: none; }
.line > li::before { position: absolute; left: 0; top: .45rem; margin: 0; }
.line > .good::before { color: var(--good); } .line > .fail::before { color: var(--bad); } .line > .busy::before { color: var(--busy); } .line > .wait::before { color: var(--warn); } .line > .off::before { top: .7rem; color: var(--soft); }
time { white-space: nowrap; }
.rules > li { padding: .55rem 0 .55rem 1.75rem; border-top: 1px solid var(--line); position: relative; overflow-wrap: anywhere; }
.rules > li:first-child { border: 0; }
.rules > li::before { content: "\\2713"; content: "\\2713" / ""; position: absolute; left: .1rem; color: var(--good); font-weight: 700; }
.rules > .no::before { content: "\\2715"; content: "\\2715" / ""; color: var(--bad); }
pre { margin: .5rem 0; padding: .75rem; background: var(--ground); border: 1px solid var(--line); border-radius: 7px; white-space: pre-wrap; overflow-wrap: anywhere; font-size: .88rem; }
.field { min-width: 0; }
label, legend { font-weight: 550; }
.field label { display: block; margin-bottom: .2rem; }
.tick { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: .5rem; align-items: baseline; padding: .15rem 0; }
.tick .soft { font-weight: 400; }
input:not([type=radio], [type=checkbox]), select { font: inherit; width: 100%; height: 2.5rem; padding: 0 .6rem; border: 1px solid var(--soft); border-radius: 7px; background: var(--card); color: var(--ink); }
[aria-invalid] { border-color: var(--bad) !important; }
.hint, .error { font-size: .9rem; margin: .2rem 0 0; }
.error { color: var(--bad); }
form.stack { display: grid; gap: 1rem; max-width: 36rem; }
fieldset { border: 0; margin: 0; padding: 0; min-width: 0; display: grid; gap: .5rem; }
legend { padding: 0; margin-bottom: .4rem; }
.choice { border: 1px solid var(--line); border-radius: 8px; padding: .6rem .8rem; }
.choice .fields { display: grid; gap: .75rem; padding: .6rem 0 .3rem 1.4rem; }
@supports selector(:has(*)) { .choice:not(:has(:checked)) .fields { display: none; } .choice:has(:checked) { border-color: var(--accent); } }
.filters button { height: 2.5rem; }
.filters { display: grid; gap: .75rem; grid-template-columns: repeat(auto-fit, minmax(8rem, 1fr)); align-items: end; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: 1rem; }
.tiles strong { display: block; font-size: 1.35rem; font-weight: 600; line-height: 1.3; }
.charts { display: grid; gap: 1.25rem; }
@media (min-width: 46rem) { .charts { grid-template-columns: 1fr 1fr; } }
figure { margin: 0; min-width: 0; }
figcaption { font-weight: 550; margin-bottom: .5rem; }
.plot { display: block; width: 100%; height: 9rem; border-bottom: 1px solid var(--soft); }
.grid { stroke: var(--line); vector-effect: non-scaling-stroke; }
.bar-good { fill: var(--good-fill); } .bar-bad { fill: var(--bad-fill); } .bar-other { fill: var(--other-fill); } .bar-lag { fill: var(--accent); }
.axis { display: flex; justify-content: space-between; gap: 1rem; font-size: .85rem; color: var(--soft); }
.key { display: flex; flex-wrap: wrap; gap: .2rem 1rem; font-size: .85rem; }
.key svg { width: .7rem; height: .7rem; margin-right: .35rem; }
.meter { display: block; width: 100%; max-width: 8rem; height: .4rem; margin-top: .35rem; border-radius: 3px; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; padding: .3rem .75rem .3rem 0; border-bottom: 1px solid var(--line); font-weight: 400; }
thead th { color: var(--soft); }
details { margin-top: .75rem; }
summary { color: var(--accent); cursor: pointer; }
@media (max-width: 30rem) { .card { padding: 1rem; } .who .soft { display: none; } nav { order: 3; width: 100%; } }
@media (forced-colors: active) { .bar-good, .bar-bad, .bar-other, .bar-lag { forced-color-adjust: none; } }
`;
