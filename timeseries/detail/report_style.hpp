/// The style sheet of a report. Internal to report.cpp.
#pragma once

namespace rondo::detail {

constexpr const char* report_style = R"(
:root{color-scheme:light dark;--page:#fff;--ink:#1b1f24;--soft:#59636e;--edge:#d1d9e0;--heat:9 105 218;
--l0:#0550ae;--l1:#bc4c00;--l2:#116329;--l3:#8250df;--l4:#a40e26;--l5:#59636e}
@media (prefers-color-scheme:dark){:root{--page:#0d1117;--ink:#e6edf3;--soft:#9198a1;--edge:#3d444d;
--heat:47 129 247;--l0:#79c0ff;--l1:#ffa657;--l2:#7ee787;--l3:#d2a8ff;--l4:#ff7b72;--l5:#9198a1}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:62rem;padding:1rem;background:var(--page);color:var(--ink);
font:16px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
h1{font-size:1.6rem;line-height:1.25}h2{font-size:1.2rem;margin:2rem 0 .5rem;border-bottom:1px solid var(--edge)}
h3{font-size:1rem;margin:1.2rem 0 .4rem}.note{color:var(--soft)}
.scroll{overflow-x:auto}table{border-collapse:collapse;overflow-wrap:normal}
th,td{padding:.25rem .7rem;border-bottom:1px solid var(--edge);text-align:right;font-variant-numeric:tabular-nums}
th:first-child,td:first-child{text-align:left}thead th{color:var(--soft);font-weight:600}
.confusion td{background:rgb(var(--heat)/calc(var(--share)*.55));text-align:center;min-width:2.8rem}
.confusion th{text-align:left;font-weight:600}.confusion thead th{text-align:center}
figure{margin:.5rem 0;max-width:44rem}svg.plot{display:block;width:100%;height:auto}
svg text{fill:var(--soft);font:12px system-ui,sans-serif}svg text.y{text-anchor:end}
.grid{stroke:var(--edge);stroke-width:.6}.axis{stroke:var(--soft);stroke-width:1}
.line{fill:none;stroke-width:1.8;stroke-linejoin:round;stroke-linecap:round}
.l0{stroke:var(--l0)}.l1{stroke:var(--l1);stroke-dasharray:6 3}.l2{stroke:var(--l2);stroke-dasharray:2 3}
.l3{stroke:var(--l3)}.l4{stroke:var(--l4);stroke-dasharray:6 3}.l5{stroke:var(--l5);stroke-dasharray:2 3}
.band{fill:rgb(var(--heat)/.22)}
figcaption{display:flex;flex-wrap:wrap;gap:.2rem 1rem;font-size:.9rem}
.key{width:24px;height:12px;vertical-align:middle;margin-right:.35rem}
pre{white-space:pre-wrap;padding:.7rem;border:1px solid var(--edge);border-radius:6px;font:.9rem/1.4 monospace}
@media (max-width:36rem){th,td{padding:.2rem .35rem;font-size:.87rem}.confusion td{min-width:1.7rem}
svg text{font-size:15px}}
@media print{:root{color-scheme:light;--page:#fff;--ink:#000;--soft:#444;--edge:#bbb;--heat:9 105 218;
--l0:#0550ae;--l1:#bc4c00;--l2:#116329;--l3:#8250df;--l4:#a40e26;--l5:#59636e}
body{max-width:none;padding:0;font-size:11pt}figure,table,pre{break-inside:avoid}h2,h3{break-after:avoid}
.confusion td{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
)";

}  // namespace rondo::detail
