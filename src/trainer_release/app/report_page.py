"""The page around a report's parts: its style, light and dark, and the filter. `$name` marks where a part goes."""

PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>$title</title>
<style>
:root {
  --back: #fff; --panel: #f6f7f9; --line: #d9dde3; --text: #1b2026; --quiet: #5d6673;
  --good: #1a7f43; --bad: #c0312b; --warn: #9a6200; --idle: #5d6673;
}
@media (prefers-color-scheme: dark) {
  :root {
    --back: #14171b; --panel: #1d2127; --line: #343a43; --text: #e6e9ed; --quiet: #9aa4b1;
    --good: #4cc27a; --bad: #ff7b72; --warn: #e0a63c; --idle: #9aa4b1;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; max-width: 68rem; padding: 1.5rem 1rem 4rem; background: var(--back); color: var(--text);
  font: 15px/1.5 system-ui, sans-serif;
}
header { border-left: 6px solid var(--bad); padding-left: 1rem; margin-bottom: 1.25rem; }
header.good { border-color: var(--good); }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
header p { margin: .25rem 0 0; color: var(--quiet); }
dl { display: flex; flex-wrap: wrap; gap: .5rem 1.75rem; margin: .75rem 0; }
dt { color: var(--quiet); font-size: .8rem; }
dd { margin: 0; overflow-wrap: anywhere; }
label { color: var(--quiet); }
select { font: inherit; color: inherit; background: var(--panel); border: 1px solid var(--line); border-radius: 6px;
  padding: .2rem .4rem; margin-left: .4rem; }
.cell, .problem { background: var(--panel); border: 1px solid var(--line); border-radius: 8px; margin: .6rem 0;
  padding: .6rem .9rem; }
.problem { border-left: 4px solid var(--bad); }
.problem.warning { border-left-color: var(--warn); }
.problem.note { border-left-color: var(--idle); }
.problem p { margin: .1rem 0; }
summary { cursor: pointer; }
.cell > summary, .row { display: flex; flex-wrap: wrap; align-items: baseline; gap: .2rem .75rem; }
.cell > summary::before, summary.row::before { content: "▸"; color: var(--quiet); }
.cell[open] > summary::before, details[open] > summary.row::before { content: "▾"; }
.tests { border-top: 1px solid var(--line); margin-top: .6rem; padding-top: .3rem; }
.row { padding: .15rem 0; }
div.row { padding-left: 1.4rem; }
.row code { overflow-wrap: anywhere; flex: 1 1 20rem; }
.badge { font-size: .75rem; font-weight: 600; color: var(--idle); border: 1px solid currentColor; border-radius: 99px;
  padding: 0 .5rem; min-width: 4.4rem; text-align: center; }
.badge.passed, .badge.xfailed { color: var(--good); }
.badge.failed, .badge.error, .badge.crashed, .badge.timeout, .badge.broken { color: var(--bad); }
.badge.leaked, .badge.xpassed { color: var(--warn); }
.quiet, .hint { color: var(--quiet); }
.hint { margin: .4rem 0 0; font-size: .9rem; }
ul { margin: .1rem 0 .5rem; padding-left: 1.4rem; overflow-wrap: anywhere; }
pre { background: var(--back); border: 1px solid var(--line); border-radius: 6px; margin: .4rem 0;
  padding: .6rem .75rem; max-height: 28rem; overflow: auto; font-size: .82rem; line-height: 1.45; }
code { font-family: ui-monospace, monospace; font-size: .88em; }
table { border-collapse: collapse; width: 100%; font-size: .88rem; }
td { border-top: 1px solid var(--line); padding: .3rem .6rem .3rem 0; overflow-wrap: anywhere; }
[hidden] { display: none; }
</style>
</head>
<body>
<header class="$state"><h1>$title</h1><p>The verdict is $word.</p></header>
<dl>$facts</dl>
$problems
<h2>Cells</h2>
<label>Module<select id="module"><option value="">all</option>$modules</select></label>
$cells
$artifacts
<script>
document.getElementById("module").addEventListener("change", function (event) {
  var name = event.target.value;
  document.querySelectorAll(".cell").forEach(function (cell) {
    cell.hidden = name !== "" && cell.dataset.modules.indexOf(" " + name + " ") < 0;
  });
});
</script>
</body>
</html>
"""
